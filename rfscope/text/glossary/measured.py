"""What gradients say a field is, beside what it can be."""

from __future__ import annotations

from rfscope.text.glossary.term import Term

__all__ = ["MEASURED"]

_LUO = "Luo et al., Understanding the Effective Receptive Field in Deep Convolutional Neural Networks, NIPS 2016"

MEASURED = (
    Term(
        name="effective receptive field",
        means="How much each pixel does matter to an output, by the gradients of a network on images.",
        more="The receptive field is what can matter, whatever the weights are; the effective one depends on weights "
        "and images, and is mostly a hill in its middle. Squared gradients are measured (E2), as path counts predict "
        "these in a network with random weights; absolute ones (E1) follow the root of the counts.\n\n"
        "Nothing of it can lie outside the receptive field but what comes through global operations.",
        also=("ERF", "measured field"),
        finds=("effective field", "E1", "E2", "squared gradient"),
        source=_LUO,
        see=("receptive field", "spread", "grid share"),
    ),
    Term(
        name="grid share",
        means="How much of a measured field repeats with a period: 0 smooth, 1 all at one position of each period.",
        more="It is the gridding index of weights of any kind: the largest magnitude of their Fourier transform at the "
        "frequencies of the period, relative to their sum. It is to be read beside that of the path counts.",
        finds=("mass by position",),
        see=("gridding index", "effective receptive field"),
    ),
)
