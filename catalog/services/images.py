"""Photos: whatever is uploaded is drawn again, so that nothing hidden in the file survives."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from PIL import Image

from catalog.models import Listing, ListingImage
from common.pictures import as_webp, on_white, read_picture

MAX_IMAGES = 10
SIZES = {"small": 400, "medium": 800, "large": 1600}


class GalleryFullError(Exception):
    """A listing has MAX_IMAGES photos already."""


@dataclass(frozen=True, slots=True)
class EncodedPhoto:
    """A photo drawn again: for each size the WebP bytes and (width, height)."""

    sizes: dict[str, tuple[bytes, tuple[int, int]]]


def encode_photo(file: IO[bytes]) -> EncodedPhoto:
    """Draw a photo again in three WebP sizes; EXIF data (place, device) does not survive.

    Touches no database, so many can be made side by side. Raises PictureRefusedError.
    """
    return EncodedPhoto(_encode(file))


def add_image(*, listing: Listing, file: IO[bytes], alt: str = "") -> ListingImage:
    """Put an uploaded photo last in the gallery.

    Raises PictureRefusedError or GalleryFullError, and then nothing is kept.
    """
    return add_encoded(listing=listing, photo=encode_photo(file), alt=alt)


def add_encoded(*, listing: Listing, photo: EncodedPhoto, alt: str = "") -> ListingImage:
    """Put a photo that encode_photo has drawn last in the gallery. Raises GalleryFullError."""
    pictures = photo.sizes
    with transaction.atomic():
        Listing.objects.select_for_update().only("id").get(pk=listing.pk)
        images = ListingImage.objects.filter(listing=listing)
        if images.count() >= MAX_IMAGES:
            raise GalleryFullError
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
    picture = on_white(read_picture(file))
    encoded: dict[str, tuple[bytes, tuple[int, int]]] = {}
    done: dict[tuple[int, int], bytes] = {}
    for size, edge in sorted(SIZES.items(), key=lambda item: -item[1]):
        # Each size is made of the one before; a small original is encoded once for all.
        picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        if picture.size not in done:
            done[picture.size] = as_webp(picture)
        encoded[size] = (done[picture.size], picture.size)
    return encoded
