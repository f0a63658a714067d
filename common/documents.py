"""Uploaded pictures and papers: only what can be shown safely is kept.

A picture is drawn anew, so that nothing hidden in the file survives; a PDF is kept as it is, and has
to be one. Neither is ever served as anything else than what it was found to be.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import IO, Final

from PIL import Image

from common.pictures import PictureRefusedError, as_webp, on_white, read_picture

MAX_PDF_BYTES: Final = 5_000_000
LONGEST_EDGE: Final = 1600
NAME_LENGTH: Final = 100
_PDF_START: Final = b"%PDF-"
_UNSAFE = re.compile(r"[^\w .()-]+")


class DocumentRefusedError(ValueError):
    """The file is nothing that we take; `code` says why: FORMAT, BYTES or PIXELS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """A file that may be kept and shown. name: without a path, ending as its type does."""

    name: str
    media_type: str
    content: bytes


def read_document(file: IO[bytes], *, name: str) -> Document:
    """A picture (JPEG, PNG, WebP; kept as WebP) or a PDF. Raises DocumentRefusedError."""
    start = file.read(len(_PDF_START))
    file.seek(0)
    stem = _UNSAFE.sub("_", name.rpartition("/")[2].rpartition(".")[0]).strip(" .")
    stem = stem[:NAME_LENGTH] or "file"
    if start == _PDF_START:
        content = file.read(MAX_PDF_BYTES + 1)
        if len(content) > MAX_PDF_BYTES:
            raise DocumentRefusedError("BYTES")
        return Document(f"{stem}.pdf", "application/pdf", content)
    try:
        picture = on_white(read_picture(file))
    except PictureRefusedError as error:
        raise DocumentRefusedError(error.code) from error
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    return Document(f"{stem}.webp", "image/webp", as_webp(picture))


def read_evidence(file: IO[bytes], *, name: str) -> Document:
    """The same for a bank, which reads PDF and JPEG: a picture is kept as JPEG.

    Raises DocumentRefusedError.
    """
    start = file.read(len(_PDF_START))
    file.seek(0)
    if start == _PDF_START:
        return read_document(file, name=name)
    try:
        picture = on_white(read_picture(file))
    except PictureRefusedError as error:
        raise DocumentRefusedError(error.code) from error
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    stem = _UNSAFE.sub("_", name.rpartition("/")[2].rpartition(".")[0]).strip(" .")
    return Document(f"{stem[:NAME_LENGTH] or 'file'}.jpg", "image/jpeg", out.getvalue())
