"""Networks to plant faults on: few and small, and between them of every kind that a claim may be about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from typing import Any, NamedTuple

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.network.reads import Adaptive, Read, Resize, TransposedWindow, Whole, Window
from rfscope.verification import Verification, verify, verify_claim
from tests.verification.networks import node


class Case(NamedTuple):
    """A network to verify: how it is read, and the module or the network that it is compared with beside its own.

    A slow one is run only for the faults that are named for it.
    """

    network: Callable[[], Network]
    input: tuple[int, ...] | None = None
    position: tuple[int, ...] | None = None
    against: Network | None = None
    module: Callable[[], Any] | None = None
    slow: bool = False

    def verify(self, change: Callable[[Analysis], Analysis]) -> Verification:
        """Verify what is claimed of it, the claims changed."""
        found = change(analyze(self.network(), input=self.input, position=self.position))
        if self.against is not None:
            return verify_claim(self.against, [found.output], device="cpu")
        return verify(found, module=None if self.module is None else self.module(), device="cpu")


def up_and_down(dims: int, size: Read) -> Network:
    """Down by a strided SAME convolution, dilated, up again beside a path around, then one off-centre convolution."""
    nodes = [
        conv("stem", dims=dims),
        conv("down", kernel=4, stride=2, dims=dims, padding=(1, 1)),
        conv("inside", dilation=2, dims=dims),
        node("up", *[size] * dims, inputs=["inside"]),
        node("sum", *[Window()] * dims, inputs=["up", "stem"]),
        conv("head", kernel=2, padding=(1, 0), dims=dims),
    ]
    return assemble("up and down", nodes)


def branches() -> Network:
    """Dilated branches side by side, with holes between what they read, and a gate that sees everything."""
    nodes = [
        conv("stem", dilation=2, padding=(3, 1)),
        conv("a", dilation=3, inputs=["stem"]),
        conv("b", kernel=(3, 1), dilation=(5, 1), inputs=["stem"]),
        node("all", Whole(), Whole(), inputs=["stem"]),
        node("gate", Window(), Window(), inputs=["all"]),
        node("sum", Window(), Window(), inputs=["a", "b", "gate"]),
    ]
    return assemble("branches", nodes)


def line(*reads: Read) -> Network:
    """A chain of any reads along one axis."""
    return assemble("line", [node(f"n{at}", read) for at, read in enumerate(reads)])


SPEC = {
    "rfscope": 1,
    "dims": 1,
    "layers": [{"op": "conv", "kernel": 3, "dilation": 2, "padding": 1}, {"op": "conv", "kernel": 2, "stride": 2}],
}


def from_spec() -> Network:
    from json import dumps

    read_spec: Any = import_module("rfscope.readers.spec").read_spec
    return network_of(read_spec(dumps(SPEC).encode(), file="net.json"))


def network_of(read: Any) -> Network:
    return read if isinstance(read, Network) else read.network


def module() -> Any:
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(2, 1, 4, stride=2, padding=1)
    ).eval()


def from_module() -> Network:
    import rfscope

    return rfscope.analyze(module()).network


NETWORKS: Mapping[str, Case] = {
    "1,2,5": Case(lambda: chain([1, 2, 5])),
    "2,4,8": Case(lambda: chain([2, 4, 8])),
    "off-centre": Case(
        lambda: assemble("off", [conv("a", padding=(2, 0)), conv("b", stride=2, padding=(0, 3)), conv("c", dilation=3)])
    ),
    "60 layers": Case(lambda: chain([1] * 60, dims=1), slow=True),
    "branches": Case(branches),
    "branches, finite": Case(branches, (15, 18)),
    "U-shaped": Case(lambda: up_and_down(1, TransposedWindow(kernel=4, stride=2, padding=(1, 1)))),
    "U-shaped, finite": Case(lambda: up_and_down(2, Resize(mode="linear", scale=Fraction(2))), (16, 20), (3, 4)),
    "output padding": Case(
        lambda: line(Window(kernel=3, stride=2), TransposedWindow(kernel=3, stride=2, output_padding=1)),
        (13,),
    ),
    "SAME": Case(lambda: line(Window(kernel=4, padding="same"), Window(kernel=3, dilation=2)), None),
    "SAME with strides": Case(
        lambda: line(Window(kernel=4, stride=3, padding="same"), Window(kernel=3, stride=2, padding="same_lower")),
        (23,),
    ),
    "resized": Case(lambda: line(Window(kernel=3), Resize(mode="linear", size=17), Window(kernel=2)), (12,)),
    "corners": Case(lambda: line(Resize(mode="cubic", size=9, align_corners=True), Window(kernel=2)), (14,)),
    "nearest": Case(lambda: line(Resize(mode="nearest", size=7), Window(kernel=2)), (16,)),
    "pooled": Case(
        lambda: line(Window(kernel=2, stride=2, ceil_mode=True), Adaptive(4), Window(kernel=3, padding=(1, 1))), (21,)
    ),
    "reflected": Case(lambda: assemble("net", [replace(conv("a", dims=1), padding_mode="reflect")]), (9,), (0,)),
    "skipping": Case(lambda: line(Window(stride=3), Window(kernel=3, dilation=2, padding=(2, 2))), (20,)),
    "two outputs": Case(
        lambda: assemble("two", [conv("a", dims=1), conv("b", dims=1), conv("c", dims=1, dilation=4, inputs=["a"])],
                         outputs=["b", "c"])
    ),
    "spec": Case(
        from_spec,
        against=line(Window(kernel=3, dilation=2, padding=(1, 1)), Window(kernel=2, stride=2)),
    ),
    "module": Case(from_module, module=module, slow=True),
}  # fmt: skip
