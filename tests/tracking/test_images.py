"""Images of runs: one file, or a series with thumbnails."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from jupyter_mltrack.tracking.images import Image, thumbnail
from tests.tracking.file_client import FileClient

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
RED = np.array([[[255, 0, 0]] * 3] * 2, dtype="uint8")


@pytest.fixture
def client(tmp_path: Path) -> FileClient:
    """A client whose runs are folders."""
    return FileClient(str(tmp_path / "store"))


@pytest.mark.parametrize(
    "image",
    [RED, PIL.Image.fromarray(RED), Image(RED), Image(RED.tolist()), RED.astype("float64") / 255],
    ids=["array", "pillow", "Image", "list", "floats"],
)
def test_an_image_comes_back(client: FileClient, image: Any) -> None:
    """The same pixels, however they were given."""
    client.log_image("run", image, "a/red.png")
    assert np.array_equal(np.asarray(client.load_image("run", "a/red.png")), RED)
    assert client.paths() == ["a/red.png"]
    assert client.tags == {}


def test_a_series_has_the_names_of_mlflow(client: FileClient) -> None:
    """Key, step and time are in the names; the tag says that there are series."""
    client.log_image("run", RED, key="dogs/big", step=3, timestamp=1700)
    thumb, full = client.paths()
    base = rf"images/dogs~big\+step\+3\+timestamp\+1700\+{UUID}"
    assert re.fullmatch(rf"{base}\+compressed\.webp", thumb)
    assert re.fullmatch(rf"{base}\.png", full)
    assert thumb.startswith(full.removesuffix(".png"))
    assert client.tags["run"] == {"mlflow.loggedImages": "True"}


def test_the_same_step_twice(client: FileClient) -> None:
    """Nothing is overwritten; step and time have defaults."""
    client.log_image("run", RED, key="k")
    client.log_image("run", RED, key="k")
    assert len(client.paths()) == 4
    assert all("+step+0+timestamp+1" in path for path in client.paths())


@pytest.mark.parametrize("size", [(1000, 500), (500, 1000), (256, 256), (10, 20), (3000, 1)])
def test_thumbnails_fit(size: tuple[int, int]) -> None:
    """At most 256 pixels, the same shape, never larger than the image, never empty."""
    width, height = thumbnail(PIL.Image.new("RGB", size)).size
    assert max(width, height) == min(256, *[max(size)])
    assert min(width, height) >= 1
    assert abs(width * size[1] - height * size[0]) <= max(size)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_modes_of_pillow(client: FileClient, mode: str) -> None:
    """Every common mode can be part of a series."""
    client.log_image("run", PIL.Image.new(mode, (4, 4)), key=mode)
    assert len(client.paths()) == 2


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 3), (4, 5, 4)])
@pytest.mark.parametrize("kind", ["bool", "int64", "uint8", "float32"])
def test_arrays(shape: tuple[int, ...], kind: str) -> None:
    """Grey, RGB and RGBA; one is white for booleans and floats."""
    pixels = np.ones(shape, dtype=kind) * (255 if kind in {"int64", "uint8"} else 1)
    image = Image(pixels.astype(kind))
    assert image.size == (5, 4)
    assert image.to_array().min() == 255


@pytest.mark.parametrize(
    ("pixels", "error"),
    [
        (np.zeros((2, 2, 2)), ValueError),
        (np.zeros(4), ValueError),
        (np.zeros((0, 3)), ValueError),
        (np.full((2, 2), 256), ValueError),
        (np.full((2, 2), -1), ValueError),
        (np.full((2, 2), "a"), TypeError),
        (np.zeros((2, 2), dtype=complex), TypeError),
        ("not an image", TypeError),
        (None, TypeError),
    ],
)
def test_what_is_no_image(client: FileClient, pixels: Any, error: type[Exception]) -> None:
    """The message says what an image is; nothing is stored."""
    with pytest.raises(error):
        client.log_image("run", pixels, "x.png")
    assert client.paths() == []


def test_floats_out_of_range_are_rescaled(caplog: pytest.LogCaptureFixture) -> None:
    """The darkest becomes black, the brightest white, and the user is told."""
    image = Image(np.array([[-1.0, 0.0, 3.0]]))
    assert image.to_array().tolist() == [[0, 63, 255]]
    assert "rescaled" in caplog.text


@pytest.mark.parametrize(
    "arguments",
    [{}, {"step": 1}, {"artifact_file": "a.png", "key": "k"}, {"artifact_file": "a", "step": 0}],
)
def test_a_file_or_a_series(client: FileClient, arguments: dict[str, Any]) -> None:
    """Both or neither is an error, as in MLflow."""
    with pytest.raises(TypeError):
        client.log_image("run", RED, **arguments)


@pytest.mark.parametrize("key", ["", "a#b", "a+b", "é", "a\n", "../../etc", "..", "a\\b"])
def test_keys(client: FileClient, key: str) -> None:
    """A key of other characters is refused; one of dots is only a name."""
    if key.startswith(".."):
        client.log_image("run", RED, key=key)
        assert all(path.startswith("images/..") for path in client.paths())
    else:
        with pytest.raises(ValueError, match="key"):
            client.log_image("run", RED, key=key)


def test_the_class_image(tmp_path: Path) -> None:
    """`mlflow.Image` opens, saves, resizes and gives pixels."""
    Image(RED).save(tmp_path / "red.png")
    image = Image(str(tmp_path / "red.png"))
    assert image.to_list() == [(255, 0, 0)] * 6
    assert image.resize((1, 1)).to_list() == [(255, 0, 0)]
    assert image.to_pil().size == image.size == (3, 2)
    image.to_pil().close()
