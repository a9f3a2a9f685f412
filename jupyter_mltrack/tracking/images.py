"""Images of a run: one file, or a series over the steps of training with thumbnails.

``mlflow.Image`` is `Image`. Pillow is needed for all of it, and imported only here.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.tracking.run_files import RunFiles

if TYPE_CHECKING:
    import numpy as np
    import PIL.Image

_log = logging.getLogger("jupyter_mltrack")

#: A tag of runs that hold series of images.
LOGGED_IMAGES = "mlflow.loggedImages"

#: The longer side of a thumbnail, in pixels.
THUMBNAIL = 256

_KEY = re.compile(r"[a-zA-Z0-9_\-./ ]+")
_CHANNELS = ((), (1,), (3,), (4,))
_WHITE = 255
_KINDS = {"b": "bool", "i": "signed integer", "u": "unsigned integer", "f": "floating"}


class Image:
    """A picture that can be logged alone or in a column of a table.

    Args:
        image: Pixels (height × width, or × 1, 3 or 4 channels; booleans, integers of 0 to 255 or
            floats of 0 to 1) as an array or nested lists, a Pillow image, or the path of a file.

    Raises:
        TypeError: if it is something else.
    """

    def __init__(self, image: np.ndarray | PIL.Image.Image | str | Path | list[Any]) -> None:
        import PIL.Image

        if isinstance(image, str | Path):
            self.image: PIL.Image.Image = PIL.Image.open(image)
        elif isinstance(image, list):
            import numpy as np

            self.image = _from_pixels(np.array(image))
        else:
            self.image = to_pil(image)
        self.size = self.image.size

    def to_list(self) -> list[Any]:
        """The pixels, row by row: numbers, or tuples of the channels."""
        array = self.to_array()
        flat = array.reshape(-1, *array.shape[2:]).tolist()
        return [tuple(pixel) if isinstance(pixel, list) else pixel for pixel in flat]

    def to_array(self) -> np.ndarray:
        """The pixels as an array, height × width [× channels]."""
        import numpy as np

        return np.array(self.image)

    def to_pil(self) -> PIL.Image.Image:
        """The Pillow image."""
        return self.image

    def save(self, path: str | Path) -> None:
        """Write it to a file; the ending of the name says the format."""
        self.image.save(path)

    def resize(self, size: tuple[int, int]) -> Image:
        """A copy of width × height pixels."""
        return Image(self.image.resize(size))


class ImageMethods(RunFiles):
    """Log images to a run and get them back."""

    def log_image(
        self,
        run_id: str,
        image: np.ndarray | PIL.Image.Image | Image,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Log an image, as a file or as one of a series.

        Args:
            run_id: The run.
            image: An array, a Pillow image or an `Image`; see there for arrays.
            artifact_file: For a single image, its file; then none of the following.
            key: For a series, its name: letters, digits, ``_ - . /`` and space.
            step: Where in the series; default 0.
            timestamp: When, in ms since 1970; default is now.
            synchronous: Accepted as MLflow does; every call is synchronous.

        Raises:
            TypeError: if both or neither of ``artifact_file`` and ``key`` are given, or ``image``
                is no image.

        Example:
            >>> client.log_image(run_id, np.zeros((8, 8, 3), "uint8"), key="masks", step=3)
        """
        del synchronous
        _check_arguments(artifact_file, key, step, timestamp)
        picture = to_pil(image)
        if artifact_file is not None:
            self._save_image(run_id, picture, artifact_file)
            return
        name = str(key).replace("/", "~")
        when = timestamp or time.time_ns() // 1_000_000
        base = f"images/{name}+step+{step or 0}+timestamp+{when}+{uuid.uuid4()}"
        self._save_image(run_id, picture, f"{base}.png")
        self._save_image(run_id, thumbnail(picture), f"{base}+compressed.webp")
        self.set_tag(run_id, LOGGED_IMAGES, "True")

    def load_image(self, run_id: str, path: str) -> PIL.Image.Image:
        """An image file of a run, as a Pillow image."""
        import PIL.Image

        with self._copy_of(run_id, path) as file:
            picture = PIL.Image.open(file)
            picture.load()
        return picture

    def _save_image(self, run_id: str, picture: PIL.Image.Image, artifact_file: str) -> None:
        with self._new_file(run_id, artifact_file) as path:
            picture.save(path, format=None if path.suffix else "PNG")


def to_pil(image: Any) -> PIL.Image.Image:
    """A Pillow image of an array, a Pillow image or an `Image`.

    Raises:
        TypeError: if it is something else.
    """
    import PIL.Image

    if isinstance(image, Image):
        return image.to_pil()
    if isinstance(image, PIL.Image.Image):
        return image
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(image, numpy.ndarray):
        return _from_pixels(image)
    msg = (
        f"Unsupported image object type: {type(image)}."
        " `image` must be one of numpy.ndarray, PIL.Image.Image, and mlflow.Image."
    )
    raise TypeError(msg)


def thumbnail(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A copy that fits into a square of `THUMBNAIL` pixels, never larger than the original."""
    width, height = picture.size
    ratio = min(1.0, THUMBNAIL / max(width, height))
    return picture.resize((max(1, int(width * ratio)), max(1, int(height * ratio))))


def _from_pixels(pixels: np.ndarray) -> PIL.Image.Image:
    import PIL.Image

    if pixels.dtype.kind not in _KINDS:
        msg = f"Invalid array data type: '{pixels.dtype}'. Must be one of {list(_KINDS.values())}"
        raise TypeError(msg)
    channels = pixels.shape[2:]
    if pixels.ndim not in {2, 3} or not pixels.size:
        msg = f"`image` must be a 2D or 3D array but got image shape: {pixels.shape}"
        raise ValueError(msg)
    if channels not in _CHANNELS:
        msg = f"Invalid channel length: {channels[0]}. Must be one of [1, 3, 4], as the last axis."
        raise ValueError(msg)
    if channels == (1,):
        pixels = pixels[:, :, 0]
    return PIL.Image.fromarray(_in_bytes(pixels))


def _in_bytes(pixels: np.ndarray) -> np.ndarray:
    """Brightness from 0 to 255; floats and booleans have it from 0 to 1."""
    integer = pixels.dtype.kind in "iu"
    low, high = pixels.min(), pixels.max()
    if integer and (low < 0 or high > _WHITE):
        msg = (
            "Integer pixel values out of acceptable range [0, 255]."
            f" Found minimum value {low} and maximum value {high}."
            " Ensure all pixel values are within the specified range."
        )
        raise ValueError(msg)
    if not integer and (low < 0 or high > 1):
        _log.warning("Pixels from %s to %s are rescaled; floats should be in [0, 1].", low, high)
        pixels = (pixels - low) / (high - low)
    return (pixels if integer else pixels * _WHITE).astype("uint8")


def _check_arguments(
    artifact_file: str | None, key: str | None, step: int | None, timestamp: int | None
) -> None:
    """A file or a series, not both.

    Raises:
        TypeError: otherwise.
        ValueError: if the name of the series cannot be kept.
    """
    of_series = any(argument is not None for argument in (key, step, timestamp))
    if artifact_file is not None and of_series:
        msg = (
            "The `artifact_file` parameter cannot be used in conjunction with `key`, `step`, or"
            " `timestamp`: give a file for one image, a key for a series."
        )
        raise TypeError(msg)
    if artifact_file is None and key is None:
        msg = "Specify exactly one of `artifact_file` (one image) or `key` (one of a series)."
        raise TypeError(msg)
    if key is not None and not _KEY.fullmatch(key):
        msg = (
            "The `key` parameter may only contain alphanumerics, underscores (_), dashes (-),"
            f" periods (.), spaces ( ), and slashes (/); {key!r} contains other characters."
        )
        raise ValueError(msg)
