"""Images in files as a network is given them."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rfscope.errors import RfscopeError
from rfscope.measured.images import IMAGENET, Preparation, in_folder

PLAIN = Preparation(mean=(0,), std=(1,))


def picture(path: Path, values: Any) -> Path:
    Image.fromarray(np.asarray(values, dtype=np.uint8)).save(path)
    return path


def test_a_picture_is_cropped_about_its_middle_or_stretched(tmp_path: Path) -> None:
    wide = np.zeros((8, 16, 3))
    wide[:, 4:12] = 255
    file = picture(tmp_path / "a.png", wide)
    cropped = in_folder(file, (3, 8, 8), how=PLAIN)[0]
    assert cropped.shape == (3, 8, 8)
    assert (cropped == 1).all()
    stretched = in_folder(file, (3, 8, 8), how=Preparation(fit="stretch", mean=(0,), std=(1,)))[0]
    assert stretched[:, :, 0].max() < 0.1
    assert stretched[:, :, 4].min() > 0.9


def test_colours_are_taken_off_as_imagenet_has_them_unless_told(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png", np.full((4, 4, 3), 51))
    found = in_folder(file, (3, 4, 4))[0]
    for channel, (mean, std) in enumerate(zip(*IMAGENET, strict=True)):
        assert found[channel] == pytest.approx((0.2 - mean) / std)
    assert in_folder(file, (3, 4, 4), how=Preparation(mean=(0.2, 0, 0), std=(2,)))[0][:, 0, 0] == pytest.approx(
        [0, 0.1, 0.1]
    )
    assert in_folder(file, (1, 4, 4))[0] == pytest.approx(0.2)  # grey, and nothing is known of its mean


def test_files_are_taken_by_name_and_spread_over_all(tmp_path: Path) -> None:
    for number in range(10):
        picture(tmp_path / f"{number}.png", np.full((4, 4), 25 * number))
    some = in_folder(tmp_path, (1, 4, 4), 5, PLAIN)
    assert some.words == f"5 of 10 images of {tmp_path.name}"
    assert [round(255 * some[place][0, 0, 0] / 25) for place in range(5)] == [0, 2, 4, 6, 8]
    assert in_folder(tmp_path, (1, 4, 4)).count == 10


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_sounds_of_all_widths(tmp_path: Path, width: int) -> None:
    values = np.array([0.0, 0.5, -0.5, -1.0, 0.25, 0.75])
    whole = np.round(values * 2 ** (8 * width - 1)).astype(np.int64)
    data = (
        bytes((whole + 128).astype(np.uint8))
        if width == 1
        else b"".join(int(one).to_bytes(width, "little", signed=True) for one in whole)
    )
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, width, 8000, 0, "NONE", "not compressed"))
        file.writeframes(data)
    assert in_folder(tmp_path, (1, 6))[0][0] == pytest.approx(values, abs=1e-6)
    assert in_folder(tmp_path, (1, 4))[0][0] == pytest.approx(values[1:5], abs=1e-6)
    with pytest.raises(RfscopeError, match=r"too small at .*a\.wav: got 6, expected 7 or more; give a smaller --input"):
        in_folder(tmp_path, (1, 7))[0]


def test_a_sound_of_two_channels(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", "not compressed"))
        file.writeframes(np.array([[16384, 0], [8192, 8192]], dtype=np.int16).tobytes())
    assert in_folder(tmp_path, (1, 2))[0].tolist() == [[0.25, 0.25]]
    assert in_folder(tmp_path, (2, 2))[0].tolist() == [[0.5, 0.25], [0.0, 0.25]]
    with pytest.raises(RfscopeError, match="an image of another shape"):
        in_folder(tmp_path, (3, 2))[0]


def test_arrays(tmp_path: Path) -> None:
    volume = np.random.default_rng(0).standard_normal((6, 6, 6))
    np.save(tmp_path / "a.npy", volume)
    assert (in_folder(tmp_path, (1, 4, 6, 5))[0][0] == volume[1:5, :, :5]).all()
    np.save(tmp_path / "a.npy", np.zeros((5, 2, 6, 6)))
    assert in_folder(tmp_path / "a.npy", (2, 6, 6)).count == 5
    with pytest.raises(RfscopeError, match="an image of another shape"):
        in_folder(tmp_path, (2, 6, 6))[0]
