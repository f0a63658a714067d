"""Uploaded pictures: read with limits and drawn anew, so that nothing hidden in a file survives."""

from __future__ import annotations

import io
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 15_000_000
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 80


class PictureRefusedError(ValueError):
    """The file is not a picture we take; `code` says why: FORMAT, BYTES or PIXELS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_picture(file: IO[bytes]) -> Image.Image:
    """The picture upright, as the camera noted, and without any of its notes (place, device).

    Raises PictureRefusedError.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureRefusedError("BYTES")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise PictureRefusedError("PIXELS")
            # Converting reads every pixel, so a file that breaks off is noticed here.
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise PictureRefusedError("FORMAT") from error
    return picture


def on_white(picture: Image.Image) -> Image.Image:
    """The picture on a white ground, without transparency."""
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def as_webp(picture: Image.Image) -> bytes:
    """The picture as a WebP file with no metadata."""
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
