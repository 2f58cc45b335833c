"""Streams, run: in chunks with the predicted buffers, and a module on beginnings of a signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import rfscope as rf
from rfscope.errors import UnsupportedError
from rfscope.exact.buffers import buffers
from rfscope.exact.obstacles import as_stream
from rfscope.exact.streaming import Stream
from rfscope.exact.waiting import map_lines
from rfscope.network.graph import Network
from rfscope.verification.chunked import ForgottenError, in_chunks, random_chunks, sizes, whole
from rfscope.verification.streams import verify_stream
from tests.exact.codecs import code2wav, dac_decoder, dac_encoder, encodec_decoder, encodec_encoder
from tests.exact.test_streaming import STREAMS, random_stream

if TYPE_CHECKING:
    from torch import nn


def network_of(given: Network) -> tuple[Stream, Network]:
    analysis = rf.analyze(given)
    endless = as_stream(given, analysis.network).network
    assert endless is not None
    return rf.stream(analysis), endless


def kept(found: Stream) -> Mapping[str, int]:
    return {buffer.node: buffer.positions for buffer in found.buffers}


SMALL = {
    "EnCodec encoder": encodec_encoder((2, 3)),
    "EnCodec decoder": encodec_decoder((3, 2)),
    "DAC encoder": dac_encoder((2, 3)),
    "DAC decoder": dac_decoder((3, 2)),
    "code2wav": code2wav((3, 2)),
}


@pytest.mark.parametrize("given", SMALL.values(), ids=SMALL)
def test_codecs_in_chunks_equal_all_at_once(given: Network) -> None:
    analysis = rf.analyze(given)
    found = verify_stream(analysis, rf.stream(analysis, chunk=5))
    assert found.equal, found.first_difference
    assert found.largest < 1e-12
    assert found.module is None
    assert found.chunks[-2:] == ("5", "random lengths")
    assert "all equal" in str(found)


@pytest.mark.parametrize("given", [encodec_encoder((2, 3)), rf.chain([1, 2, 4], dims=1)], ids=["encoder", "both sides"])
def test_no_buffer_may_be_shorter(given: Network) -> None:
    import numpy as np

    found, network = network_of(given)
    samples = 40 * (found.chunk or 1)
    chunks = [found.chunk or 1] * 40
    assert np.allclose(in_chunks(network, chunks, kept(found)), whole(network, samples), atol=1e-12)
    for name, positions in kept(found).items():
        with pytest.raises(ForgottenError, match=f"reads position .* of {name}, and only those from"):
            in_chunks(network, chunks, {**kept(found), name: positions - 1})


def test_random_streams_in_random_chunks() -> None:
    import numpy as np

    tried = 0
    for seed in range(100_000):
        if tried == STREAMS:
            break
        made = random_stream(seed)
        if made is None:
            continue
        tried += 1
        analysis, found, network = made
        assert found.chunk is not None
        length = (analysis.network.input or (seed % 20,))[0] + found.chunk * (
            2 + (found.first_output or 0) // found.chunk
        )
        for chunks, most in (
            (random_chunks(length, (1, 3, length)[seed % 3], seed), 1),
            ([min(found.chunk, length - at) for at in range(0, length, found.chunk)], found.chunk),
        ):
            buffered = {one.node: one.positions for one in buffers(network, map_lines(network), most)}
            streamed = in_chunks(network, chunks, buffered, settled=found.settled, seed=seed)
            assert np.allclose(streamed, whole(network, length, seed=seed), atol=1e-12), seed
            assert len(streamed) == sizes(network, length)[found.node], seed


def modules() -> dict[str, Callable[[], nn.Module]]:
    from tests.verification import stream_modules as made

    return {
        "encoder": lambda: made.encoder(strides=(2, 3)),
        "encoder that reflects": lambda: made.encoder("reflect", strides=(2, 3)),
        "decoder": made.decoder,
        "code2wav": lambda: made.decoder(both=True),
        "tcn": made.tcn,
        "both sides": made.both_sides,
        "recurrent": made.Recurrent,
    }


# causal, latency, first output, history, positions kept, outputs that are lacking
MODULES = {
    "encoder": (True, 6, 6, 56, 21, 0),
    "encoder that reflects": (True, 6, 42, 56, 21, 0),
    "decoder": (True, 1, 1, 9, 18, 0),
    "code2wav": (False, "9/4", 2, 8, 18, 10),
    "both sides": (False, "9/2", 4, 4, 9, 0),
    "tcn": (True, 1, 1, 14, 14, 0),
    "recurrent": (False, 5, 5, None, 4, 2),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_on_beginnings_of_a_signal(name: str) -> None:
    import torch

    torch.manual_seed(1)
    module = modules()[name]()
    analysis = rf.analyze(module)
    found = rf.stream(analysis)
    latency = int(found.latency) if found.latency == int(found.latency or 0) else str(found.latency)
    lengths = (found.first_output, found.history, found.positions, found.shorter)
    assert (found.causal, latency, *lengths) == MODULES[name]
    verification = verify_stream(analysis, found, module=module)
    assert verification.equal, verification.first_difference
    assert verification.module is not None
    assert verification.module.outputs > 0
    assert verification.module.largest < 1e-12
    assert verification.module.control is (True if name == "both sides" else None)  # of the others, all are final
    assert "Verified on the module itself" in str(verification)


def test_what_reads_more_than_is_seen_differs() -> None:
    from tests.verification.stream_modules import Remembering

    module = Remembering()
    analysis = rf.analyze(module)
    assert analysis.given is not None
    assert not rf.stream(analysis).streamable
    overlooked = replace(analysis, given=replace(analysis.given, placed=()))
    found = verify_stream(overlooked, rf.stream(overlooked), module=module)
    assert not found.equal
    assert "beginnings of the module's signal differ" in str(found.first_difference)
    assert "MISMATCH" in str(found)
    assert found.record()["module"]["equal"] is False


def test_what_cannot_run_is_not_verified() -> None:
    from tests.verification.stream_modules import Recurrent

    analysis = rf.analyze(Recurrent(both=True))
    with pytest.raises(UnsupportedError, match="cannot verify what cannot run on a stream at "):
        verify_stream(analysis, rf.stream(analysis))


def test_verified_when_asked_for() -> None:
    import torch

    torch.manual_seed(1)
    found = rf.stream(modules()["tcn"](), verify=True)
    assert found.verification is not None
    assert found.verification.equal
    assert found.verification.module is not None
    assert "Verified on the module itself" in str(found)
    assert rf.stream("1,2", verify=True).verification is not None
    assert rf.stream("1,2").verification is None


@pytest.mark.parametrize(("layer", "layers", "values"), [("LSTM", 2, 2 * 2 * 5), ("GRU", 1, 5), ("RNN", 3, 3 * 5)])
def test_hidden_states_are_counted(layer: str, layers: int, values: int) -> None:
    """As many numbers as torch itself returns for the states of one signal."""
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = getattr(nn, layer)(4, 5, layers, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.cell(x.transpose(1, 2))[0].transpose(1, 2)  # type: ignore[no-any-return]

    module = Net()
    found = rf.stream(module, input={"x": (1, 4, 50)})
    states = module.cell(torch.zeros(1, 3, 4))[1]
    own = sum(state.numel() for state in (states if isinstance(states, tuple) else (states,)))
    assert [one.values for one in found.hidden] == [values] == [own]
    assert (found.values, found.bytes) == (values, 4 * values)
    assert f"a hidden state of {values} values" in " ".join(str(found).split())


def test_a_sum_so_far_carries_one_number_for_each_channel() -> None:
    import torch
    from torch import nn

    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.cumsum(2)

    assert [one.values for one in rf.stream(Net(), input={"x": (1, 3, 50)}).hidden] == [3]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        *((kind, "data") for kind in ("a table of positions", "a counter", "counted ones", "the length", "chance")),
        *(("a window over all", "data"), ("its end", "size"), ("its beginning", "size")),
    ],
)
def test_modules_that_count_time_or_know_the_length_are_not_streamable(kind: str, why: str) -> None:
    from tests.verification.stream_modules import Timed

    found = rf.stream(Timed(kind), input=64, verify=True)
    assert [one.kind for one in found.why_not] == [why]
    assert (found.streamable, found.latency, found.verification) == (False, None, None)


@pytest.mark.parametrize("kind", ["ones", "a weight for each channel"])
def test_what_is_alike_at_all_times_is_streamable(kind: str) -> None:
    from tests.verification.stream_modules import Timed

    found = rf.stream(Timed(kind), input=64, verify=True)
    assert found.streamable, found.why_not
    assert found.verification is not None
    assert found.verification.equal
    assert found.verification.module is not None
