"""Uploaded pictures of a business, drawn anew by Pillow so that nothing hidden travels in them."""

from __future__ import annotations

import io
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class PictureRefusedError(ValueError):
    """The file is not a picture we take; `code` is BYTES, FORMAT or PIXELS, `field` whose it is."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code = code
        self.field = field


SIZES = {"logo": (320, 320), "banner": (1600, 500)}


def draw_again(file: IO[bytes], field: str) -> bytes:
    """The middle of the picture in exactly the field's size, as WebP without any metadata.

    The orientation that a camera noted is applied first. Raises PictureRefusedError.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureRefusedError("BYTES", field)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise PictureRefusedError("PIXELS", field)
            upright = ImageOps.exif_transpose(opened)
            fitted = ImageOps.fit(upright.convert("RGBA"), SIZES[field], Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise PictureRefusedError("FORMAT", field) from error
    out = io.BytesIO()
    fitted.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
