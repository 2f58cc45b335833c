"""Which inputs a module gets where nobody says: how many, of how many channels, of which size."""

from __future__ import annotations

import pytest

import rfscope as rf
from rfscope.errors import TargetError


def test_channels_and_axes_are_those_of_its_first_layer() -> None:
    from torch import nn

    for layer, dims in ((nn.Conv1d(7, 1, 3), 1), (nn.Conv2d(12, 1, 3), 2), (nn.Conv3d(5, 1, 3), 3)):
        assert rf.analyze(nn.Sequential(layer)).output.size == (3,) * dims


def test_without_a_size_the_grid_is_unbounded_and_that_is_said() -> None:
    from torch import nn

    analysis = rf.analyze(nn.Conv2d(3, 3, 5))
    assert analysis.network.input is None
    [note] = analysis.provenance.notes
    assert note == "Read at 256x256, and taken to be alike at any size that its strides divide; see --input."
    assert rf.analyze(nn.Conv2d(3, 3, 5), input=(9, 9)).provenance.notes == ()


def test_what_depends_on_the_size_is_read_at_one_size_and_that_is_said() -> None:
    from torch import Tensor, nn

    class Half(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3)

        def forward(self, x: Tensor) -> Tensor:
            half: Tensor = self.conv(x[:, :, x.shape[2] // 2 :])
            return half

    half = rf.analyze(Half())
    assert half.network.input == (256, 256)
    assert half.output.axes[0].at(0) == (3, 128)
    [note] = half.provenance.notes
    assert note.startswith("Read at 256x256 only, as it depends on the size: ")
    assert note.endswith(" what it reads depends on the input's size; --input for another.")
    assert rf.analyze(Half(), input=(32, 32)).output.size == (3, 3)


def test_a_module_that_takes_no_image_is_refused() -> None:
    from torch import nn

    with pytest.raises(TargetError, match="cannot run the module on an example input"):
        rf.analyze(nn.Sequential(nn.Conv2d(3, 3, 3), nn.Flatten(), nn.Linear(5, 5)))


def test_what_export_refuses_is_recorded() -> None:
    """A function that only runs outside of a capture: the operations are recorded one by one instead."""
    import torch
    from torch import Tensor, nn

    class Opaque(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3, dilation=2)

        def forward(self, x: Tensor) -> Tensor:
            if torch.compiler.is_exporting():
                raise RuntimeError
            y: Tensor = self.second(torch.relu(self.first(x)))
            return y.add_(1)

    network = rf.analyze(Opaque(), input=(32, 32)).network
    assert [node.name for node in network.nodes] == ["first", "second"]
    assert rf.analyze(Opaque(), input=(32, 32)).output.axes[0].size == 7
