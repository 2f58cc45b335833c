"""What is said of a target that cannot be read, and one size for all axes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rfscope import zoo
from rfscope.errors import NetworkError, RfscopeError, TargetError
from rfscope.misnamed import misnamed, published
from rfscope.targets import Reading, examine


@pytest.mark.parametrize(
    ("target", "dims", "size"),
    [("1,2", 1, (64,)), ("1,2", 2, (64, 64)), ("1,2", 3, (64, 64, 64)), ([1, 2], 2, (64, 64))],
)
def test_one_size_is_for_all_axes(target: str | list[int], dims: int, size: tuple[int, ...]) -> None:
    analysis = examine(target, Reading(dims=dims, input=(64,)))
    assert analysis.network.input == size
    assert analysis.network == examine(target, Reading(dims=dims, input=size)).network


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_one_size_is_for_all_axes_of_a_module(axes: int) -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential((torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)[axes - 1](3, 4, 3, padding=1))
    assert examine(module, Reading(input=(16,))).network.input == (16,) * axes


@pytest.mark.parametrize("size", [(8, 8, 8), (8, 8), (0,)])
def test_wrong_sizes_stay_wrong(size: tuple[int, ...]) -> None:
    with pytest.raises(NetworkError, match="input size"):
        examine("1,2", Reading(dims=1, input=size))


@pytest.mark.parametrize("kernel", ["[3, 5]", [3, 5], "3,5,"])
def test_kernels_per_layer(kernel: str | Sequence[int]) -> None:
    assert [node.reads[0].kernel for node in examine("1,2", Reading(kernel=kernel)).network.nodes] == [3, 5]  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".safetensors", ".ckpt", ".h5", ".PTH"])
@pytest.mark.parametrize("there", [True, False])
def test_weights_hold_no_layers(suffix: str, there: bool, tmp_path: Path) -> None:
    file = tmp_path / f"resnet50{suffix}"
    if there:
        file.touch()
    with pytest.raises(TargetError, match=r"weights hold no layers at .*; name the module that they are for"):
        examine(file)


@pytest.mark.parametrize("name", ["package.module", "json.decoder.JSONDecoder", "torch.nn.Conv2d"])
def test_a_dotted_name_is_not_imported_to_find_out(name: str) -> None:
    import sys

    before = set(sys.modules)
    said = str(misnamed(name))
    assert said.startswith("no such file or folder: got ")
    assert ("; a Python object is written" in said) is not name.startswith("package")
    assert {module for module in set(sys.modules) - before if module.startswith(("package", "torch"))} == set()


WRITTEN = {
    "nets.Net": "a Python object is written nets:Net",
    "models/nets.py:Net": "a Python object is written models.nets:Net",
    "./nets.py:Net": "a Python object is written nets:Net",
    "nets:Net()": "write nets:Net",
    "nets:Net(21)": "write nets:Net, and the arguments as JSON: --args '[...]' or '{...}'",
}


@pytest.mark.parametrize("target", WRITTEN)
def test_a_python_object_in_other_words(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nets.py").touch()
    assert str(misnamed(target)) == f"no such file or folder: got {target!r}; {WRITTEN[target]}"


@pytest.mark.parametrize("word", ["nosuch", "RFS999", "model", "x", "", "specs", "resnet-51", "\0", "a" * 300])
def test_nothing_far_fetched_is_suggested(word: str) -> None:
    assert published(word) is None
    assert "did you mean" not in str(misnamed(word))


@pytest.mark.parametrize("name", zoo.names())
def test_a_published_network_is_found_without_its_signs(name: str) -> None:
    close = published(name.replace("-", "").upper())
    assert close is not None
    assert close.replace("-", "") == f"zoo:{name}".replace("-", "")


@pytest.mark.parametrize("word", ["not there", "x/y/z", "é", "1x", "..", "/", "~", "nets.", ".toml.", "a\n"])
def test_any_word_gets_one_line(word: str) -> None:
    with pytest.raises(RfscopeError) as caught:
        examine(word)
    assert str(caught.value).isprintable()
