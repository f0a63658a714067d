"""Photos: whatever is uploaded is drawn again, so that nothing hidden in the file survives."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from PIL import Image, ImageOps, UnidentifiedImageError

from catalog.models import Listing, ListingImage

MAX_BYTES = 15_000_000
MAX_PIXELS = 50_000_000
MAX_IMAGES = 10
SIZES = {"small": 400, "medium": 800, "large": 1600}
FORMATS = ("JPEG", "PNG", "WEBP")


class ImageRefusedError(ValueError):
    """The file is not a picture we take; `code` says why: FORMAT, BYTES, PIXELS or COUNT."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class EncodedPhoto:
    """A photo drawn again: for each size the WebP bytes and (width, height)."""

    sizes: dict[str, tuple[bytes, tuple[int, int]]]


def encode_photo(file: IO[bytes]) -> EncodedPhoto:
    """Draw a photo again in three WebP sizes; EXIF data (place, device) does not survive.

    The orientation in it is applied first. Touches no database, so many can be made side by side.
    Raises ImageRefusedError.
    """
    return EncodedPhoto(_encode(file))


def add_image(*, listing: Listing, file: IO[bytes], alt: str = "") -> ListingImage:
    """Put an uploaded photo last in the gallery. Raises ImageRefusedError; nothing is kept then."""
    return add_encoded(listing=listing, photo=encode_photo(file), alt=alt)


def add_encoded(*, listing: Listing, photo: EncodedPhoto, alt: str = "") -> ListingImage:
    """Put a photo that encode_photo has drawn last in the gallery. Raises ImageRefusedError."""
    pictures = photo.sizes
    with transaction.atomic():
        Listing.objects.select_for_update().only("id").get(pk=listing.pk)
        images = ListingImage.objects.filter(listing=listing)
        if images.count() >= MAX_IMAGES:
            raise ImageRefusedError("COUNT")
        last = images.aggregate(last=Max("position"))["last"]
        width, height = pictures["large"][1]
        image = ListingImage(
            listing=listing,
            position=0 if last is None else last + 1,
            alt=alt,
            width=width,
            height=height,
        )
        name = uuid.uuid4().hex
        for size, (data, _) in pictures.items():
            getattr(image, size).save(f"{name}-{size}.webp", ContentFile(data), save=False)
        image.save()
    return image


def remove_image(*, image: ListingImage) -> None:
    """Take a photo out of the gallery; its files go when the row is gone for good."""
    files = [getattr(image, size) for size in SIZES]
    with transaction.atomic():
        image.delete()
        transaction.on_commit(lambda: [file.storage.delete(file.name) for file in files])


def move_image(*, image: ListingImage, by: int) -> None:
    """Move a photo `by` places (−1 earlier, +1 later); the first photo is the cover."""
    with transaction.atomic():
        Listing.objects.select_for_update().only("id").get(pk=image.listing_id)
        gallery = list(ListingImage.objects.filter(listing_id=image.listing_id))
        index = gallery.index(image)
        target = min(max(index + by, 0), len(gallery) - 1)
        gallery.insert(target, gallery.pop(index))
        for position, item in enumerate(gallery):
            item.position = position
        ListingImage.objects.bulk_update(gallery, ["position"])


def describe_image(*, image: ListingImage, alt: str) -> None:
    """Say in words what the photo shows, for those who can't see it."""
    image.alt = alt
    image.save(update_fields=["alt"])


def _encode(file: IO[bytes]) -> dict[str, tuple[bytes, tuple[int, int]]]:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ImageRefusedError("BYTES")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ImageRefusedError("PIXELS")
            picture = _on_white(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise ImageRefusedError("FORMAT") from error
    encoded: dict[str, tuple[bytes, tuple[int, int]]] = {}
    done: dict[tuple[int, int], bytes] = {}
    for size, edge in sorted(SIZES.items(), key=lambda item: -item[1]):
        # Each size is made of the one before; a small original is encoded once for all.
        picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        if picture.size not in done:
            out = io.BytesIO()
            picture.save(out, "WEBP", quality=80, method=4)
            done[picture.size] = out.getvalue()
        encoded[size] = (done[picture.size], picture.size)
    return encoded


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        picture = ground
    return picture.convert("RGB")
