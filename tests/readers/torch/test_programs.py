"""Exported programs, read from their archives without torch: the same answers as from the modules."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import rfscope as rf
from rfscope.errors import TargetError, UnsupportedError
from rfscope.readers.torch import read_module, read_program
from tests.readers.torch.make_schemas import declarations
from tests.readers.torch.modules import MODULES, Function, conv
from tests.readers.torch.mutants import graph_of, with_graph
from tests.readers.torch.test_several_inputs import Two


class Residual(nn.Module):
    """A strided residual network with batch norms and activations in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 7, 2, 3), nn.BatchNorm2d(4), nn.ReLU(True), nn.MaxPool2d(3, 2, 1))
        self.first, self.norm = conv(4, 8, stride=2), nn.BatchNorm2d(8)
        self.second, self.short = conv(8, 8, dilation=2), nn.Conv2d(4, 8, 1, 2)

    def forward(self, x: Tensor) -> Any:
        x = self.stem(x)
        made = self.second(functional.relu(self.norm(self.first(x)), inplace=True))
        made += self.short(x)
        return functional.relu_(made)


class UNet(nn.Module):
    """Down and up again: by a transposed convolution and by bilinear resizing, with concatenation."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = conv(3, 4), conv(4, 8, dilation=2), conv(8, 8)
        self.up, self.d = nn.ConvTranspose2d(8, 4, 2, 2), conv(8, 4)
        self.e = conv(12, 4)

    def forward(self, x: Tensor) -> Any:
        wide = self.a(x)
        middle = self.b(functional.max_pool2d(wide, 2))
        deep = self.c(functional.avg_pool2d(middle, 2))
        again = functional.interpolate(deep, scale_factor=2, mode="bilinear", align_corners=False) + middle
        x = self.d(torch.cat([wide, self.up(again)], 1))
        return self.e(torch.cat([x, functional.interpolate(middle, size=x.shape[2:], mode="bilinear")], 1))


class Tcn(nn.Module):
    """A causal 1-D network: padding on both sides, and the end cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv1d(4, 4, 3, padding=2 * rate, dilation=rate) for rate in (1, 2, 4))

    def forward(self, x: Tensor) -> Any:
        for layer in self.layers:
            x = x + functional.dropout(torch.relu(layer(x)[..., : x.shape[-1]]), 0.1, self.training)
        return x


def in_place(write: Callable[[Any, Tensor], Any]) -> Function:
    return Function(lambda net, x: write(net, net.a(x)), a=conv(), b=conv(kernel=5), c=conv(dilation=2))


def stale_views(net: Any, y: Tensor) -> Any:
    top, bottom = y[:, :, 2:8], y[:, :, :6]
    y.mul_(net.b(y))
    bottom.add_(1)
    return top + bottom


def twice(net: Any, y: Tensor) -> Any:
    y[:, :, 1:].add_(net.b(y)[:, :, :-1])
    y[:, :, :, 1:].mul_(net.c(y)[..., 1:])
    return net.c(y)


def by_permutation(net: Any, y: Tensor) -> Any:
    y.permute(0, 2, 3, 1)[:, 2:] = net.b(y).permute(0, 2, 3, 1)[:, 2:]
    return y


def through_parts(net: Any, y: Tensor) -> Any:
    with torch.no_grad():
        left, _ = y.chunk(2, 1)
        left.mul_(net.b(y)[:, :1])
        y.unbind(1)[1].add_(net.c(y)[:, 0])
    return y


def through_flat(net: Any, y: Tensor) -> Any:
    y.flatten(2).add_(net.b(y).view(1, 2, -1))
    return net.c(y.unsqueeze(0).squeeze_(0))


def selected(net: Any, y: Tensor) -> Any:
    made = y.clone()
    made.select(2, 3).copy_(net.b(y)[:, :, 5])
    made[:, :, :2].zero_()
    return made


def turned(net: Any, y: Tensor) -> Any:
    return net.b(y.swapaxes(2, 3).mT).movedim(2, 3) + y.mean((2, 3), keepdim=True).expand_as(y)


CASES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "ResNet-like": (Residual, (64, 48)),
    "U-Net-like": (UNet, (32, 48)),
    "TCN": (Tcn, (64,)),
    "views that become stale": (lambda: in_place(stale_views), (12, 12)),
    "two writes": (lambda: in_place(twice), (12, 12)),
    "a write through a permutation": (lambda: in_place(by_permutation), (12, 12)),
    "writes into parts, without gradients": (lambda: in_place(through_parts), (12, 12)),
    "a write through a flat view": (lambda: in_place(through_flat), (12, 12)),
    "a row written": (lambda: in_place(selected), (12, 12)),
    "views that decomposition would rename": (lambda: in_place(turned), (12, 12)),
    **{name: MODULES[name] for name in ("a write into a view", "a write into the middle", "a write into channels")},
    **{name: MODULES[name] for name in ("shifted windows", "a class token", "circular padding by hand", "3-D")},
}


def saved(module: nn.Module, size: Sequence[int], path: Path, **options: Any) -> Path:
    weight = next(weight for weight in module.parameters() if weight.ndim > 2)
    exported = torch.export.export(module.eval(), (torch.rand(1, weight.shape[1], *size),), strict=False, **options)
    torch.export.save(exported, path)
    return path


def answers(network: rf.Network) -> Any:
    analysis = rf.analyze(network)
    counts = [output.counts.map().tolist() for output in analysis.outputs]
    return [output.axes for output in analysis.outputs], counts


@pytest.mark.parametrize("shown", CASES)
def test_a_program_answers_as_its_module_does(shown: str, tmp_path: Path) -> None:
    build, size = CASES[shown]
    module = build()
    path = saved(module, size, tmp_path / "net.pt2")
    for given in (size, None) if shown in ("ResNet-like", "U-Net-like", "TCN") else (size,):
        assert answers(read_program(path, input=given).network) == answers(read_module(module, input=given).network)


def test_nodes_have_their_modules_names(tmp_path: Path) -> None:
    found = read_program(saved(Residual(), (64, 64), tmp_path / "net.pt2")).network
    assert [node.name for node in found.nodes] == [node.name for node in read_module(Residual()).network.nodes]


@pytest.mark.parametrize(("of", "size"), [(None, 3), ("x", 3), ("y", 7)])
def test_each_of_several_inputs_is_read_for_itself(of: str | None, size: int, tmp_path: Path) -> None:
    path = tmp_path / "two.pt2"
    torch.export.save(torch.export.export(Two().eval(), (torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16))), path)
    found = read_program(path, of=of)
    assert found.network.name == f"two of {of or 'x'}"
    assert rf.analyze(found.network).output.size == (size, size)
    with pytest.raises(TargetError, match=r"no such input at .*: got 'z', expected one of x, y"):
        read_program(path, of="z")


def test_of_symbolic_sizes_the_hint_is_read(tmp_path: Path) -> None:
    size = dict.fromkeys((2, 3), torch.export.Dim.AUTO)
    path = saved(UNet(), (32, 32), tmp_path / "net.pt2", dynamic_shapes=(size,))
    assert b"FloorDiv" in path.read_bytes()
    assert answers(read_program(path).network) == answers(read_module(UNet(), input=None).network)


def test_the_flat_archives_of_older_torch(tmp_path: Path) -> None:
    """Up to 2.7 an archive had one entry for the graph, of the same form."""
    path = saved(Residual(), (64, 64), tmp_path / "net.pt2")
    _, graph = graph_of(path.read_bytes())
    for node in graph["graph_module"]["graph"]["nodes"]:
        del node["name"], node["is_hop_single_tensor_return"]
        for given in node["inputs"]:
            del given["kind"]
    with zipfile.ZipFile(tmp_path / "old.pt2", "w") as archive:
        archive.writestr("version", "8.2")
        archive.writestr("serialized_exported_program.json", json.dumps(graph))
        archive.writestr("serialized_state_dict.pt", b"\x80")
    assert read_program(tmp_path / "old.pt2").network.nodes == tuple(
        rf_node for rf_node in _moved(read_program(path).network.nodes, path, tmp_path / "old.pt2")
    )


def _moved(nodes: Sequence[Any], before: Path, after: Path) -> list[Any]:
    from dataclasses import replace

    return [
        replace(node, origin=replace(node.origin, file=node.origin.file.replace(str(before), str(after))))
        for node in nodes
    ]


REFUSED: dict[str, tuple[Callable[[Any, Tensor], Any], str]] = {
    "a diagonal": (lambda _, y: (y.diagonal(0, 2, 3).zero_(), y)[1], "zero_ writes into a view that diagonal makes"),
    "strides": (
        lambda _, y: (y.as_strided((1, 1, 2, 2), (288, 144, 12, 1)).zero_(), y)[1],
        "zero_ writes into a view that as_strided makes",
    ),
    "perhaps a copy": (
        lambda _, y: y.transpose(2, 3).reshape(1, 2, -1).mul_(2),
        "mul_ writes into what may share memory with another tensor",
    ),
}


@pytest.mark.parametrize("shown", REFUSED)
def test_a_write_that_cannot_be_followed_is_refused_by_name(shown: str, tmp_path: Path) -> None:
    write, why = REFUSED[shown]
    path = saved(in_place(write), (12, 12), tmp_path / "net.pt2")
    with pytest.raises(UnsupportedError, match="cannot follow a write in place") as caught:
        read_program(path, allow_unknown=True)
    assert why in str(caught.value)


def test_an_operation_that_nobody_declared_may_write_into_what_it_is_given(tmp_path: Path) -> None:
    path = saved(nn.Sequential(conv(), nn.ReLU(), conv()), (12, 12), tmp_path / "net.pt2")
    name, graph = graph_of(path.read_bytes())
    assert "models" in name
    [first, odd, last] = graph["graph_module"]["graph"]["nodes"]
    odd["target"] = "torch.ops.mine.scribble.default"
    last["inputs"][0]["arg"] = first["outputs"][0]  # what the odd one is said not to change
    graph["graph_module"]["graph"]["nodes"] = [first, odd, last]
    path.write_bytes(with_graph(path.read_bytes(), graph))
    with pytest.raises(UnsupportedError, match="mine::scribble"):
        read_program(path)
    assert any(node.is_unknown for node in read_program(path, allow_unknown=True).network.nodes)


def test_a_batch_norm_in_training_reads_everything(tmp_path: Path) -> None:
    module = nn.Sequential(conv(), nn.BatchNorm2d(2)).train()
    torch.export.save(torch.export.export(module, (torch.rand(2, 2, 12, 12),)), tmp_path / "net.pt2")
    assert any(node.is_global for node in read_program(tmp_path / "net.pt2").network.nodes)


def test_the_table_is_what_torch_declares() -> None:
    from rfscope.readers.torch.schemas import TABLE

    table, declared = json.loads(TABLE.read_text()), declarations()
    assert sum("arguments" in record for record in table.values()) > 500
    assert sum("writes" in record for record in table.values()) > 200
    assert table == declared


_WITHOUT_TORCH = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "sympy"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
from rfscope.cli import run
code = run(["analyze", "model", sys.argv[1], "--json"])
assert not {"torch", "sympy"} & set(sys.modules), "loaded"
sys.exit(code)
"""


def test_torch_is_not_needed(tmp_path: Path) -> None:
    path = saved(Residual(), (64, 64), tmp_path / "net.pt2")
    done = subprocess.run([sys.executable, "-c", _WITHOUT_TORCH, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [output] = json.loads(done.stdout)["outputs"]
    assert output["axes"][0]["size"] == rf.analyze(Residual(), input=(64, 64)).output.axes[0].size


@pytest.mark.parametrize(
    ("module", "size"),
    [
        (lambda: nn.Sequential(nn.Conv1d(5, 4, 3, padding=1), nn.Conv1d(4, 4, 3, dilation=2)), (40,)),
        (lambda: nn.Conv2d(2, 3, 3, stride=2), (17, 23)),
    ],
    ids=["1-D", "2-D, not square"],
)
def test_a_program_is_verified_at_the_size_that_it_was_exported_at(
    module: Callable[[], nn.Module], size: tuple[int, ...], tmp_path: Path
) -> None:
    file = saved(module(), size, tmp_path / "net.pt2")
    assert rf.verify(file, allow_import=True).equal


def test_a_program_of_any_size_is_verified(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, dilation=2))
    any_size = {2: torch.export.Dim("h", min=8, max=512), 3: torch.export.Dim("w", min=8, max=512)}
    file = saved(module, (32, 32), tmp_path / "net.pt2", dynamic_shapes=(any_size,))
    assert rf.verify(file, allow_import=True, input=(32, 32)).equal
