"""The two pictures of a business, in exactly the sizes its pages show."""

from __future__ import annotations

from typing import IO

from PIL import Image, ImageOps

from common.pictures import PictureRefusedError, as_webp, read_picture

SIZES = {"logo": (320, 320), "banner": (1600, 500)}


class BusinessPictureError(PictureRefusedError):
    """One of the pictures was refused; `field` says which, `code` why."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.field = field


def draw_again(file: IO[bytes], field: str) -> bytes:
    """The middle of the picture in exactly the field's size, as WebP without any metadata.

    Raises BusinessPictureError.
    """
    try:
        picture = read_picture(file)
    except PictureRefusedError as error:
        raise BusinessPictureError(error.code, field) from error
    return as_webp(ImageOps.fit(picture, SIZES[field], Image.Resampling.LANCZOS))
