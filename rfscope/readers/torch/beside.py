"""What operations give beside what they read: random numbers, and the places of maxima."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.readers.torch.calls import Call, Program, tensors_in

__all__ = ["RANDOM", "is_random", "of_indices"]

RANDOM = frozenset([
    *("alpha_dropout", "dropout", "feature_alpha_dropout", "feature_dropout", "native_dropout"),
    *("bernoulli", "binomial", "cauchy", "exponential", "geometric", "log_normal", "multinomial", "normal", "poisson"),
    *("rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "random", "randperm", "uniform"),
    *("normal_functional", "rrelu", "rrelu_with_noise", "rrelu_with_noise_functional"),
    *("gru", "lstm", "rnn_relu", "rnn_tanh", "miopen_rnn", "scaled_dot_product_attention"),
])  # fmt: skip
"""Operations that may draw random numbers, by what torch says of them: reading a file loads no torch to ask it."""


def of_indices(program: Program) -> Iterator[Call]:
    """Where maxima are taken whose places in the map are given out or calculated with, and not only given back."""
    used = {tensor.key for tensor in program.outputs}
    for call in program.calls:
        if not call.name.startswith("max_unpool"):
            used |= {tensor.key for tensor in tensors_in(call.arguments)}
    for call in program.calls:
        if "max_pool" in call.name and any(places.key in used for places in call.results[1:]):
            yield call


def is_random(call: Call) -> bool:
    """Whether an operation draws random numbers: of those that may, the arguments say whether they do."""
    given = call.arguments
    runs = given.get("train", given.get("training", True)) and given.get("dropout", given.get("dropout_p", True))
    return bool(runs) and call.name.rstrip("_") in RANDOM
