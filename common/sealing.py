"""Encrypting single fields of the database: AES-256-GCM, with the name of the key beside the text.

FIELD_KEYS names the keys: the first one seals, all of them open, so that a key can be replaced
while the market runs. What a text is about (a table and a row) is bound into it: a sealed text that
is copied into another row does not open there.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class SealError(ValueError):
    """The text can't be opened: its key is not among ours, or it was changed or moved."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted text (base64) and the name of the key that opens it."""

    key_id: str
    text: str


def seal(plain: str, *, about: str) -> Sealed:
    """Encrypt with the first key. about: which field of which row it is for."""
    key_id, key = next(iter(_keys().items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), _bound(key_id, about))
    return Sealed(key_id, base64.b64encode(nonce + sealed).decode())


def unseal(sealed: Sealed, *, about: str) -> str:
    """Raises SealError, which names the key and never the text."""
    key = _keys().get(sealed.key_id)
    if key is None:
        raise SealError(f"{about} is encrypted by the key {sealed.key_id}, which FIELD_KEYS lacks")
    try:
        raw = base64.b64decode(sealed.text, validate=True)
        plain = AESGCM(key).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(sealed.key_id, about)
        )
    except (InvalidTag, binascii.Error, ValueError):
        raise SealError(
            f"{about} does not open: it, or the key {sealed.key_id}, has changed"
        ) from None
    return plain.decode()


def present_key() -> str:
    """The name of the key that seals now."""
    return next(iter(_keys()))


def _bound(key_id: str, about: str) -> bytes:
    return f"{key_id}\n{about}".encode()


def _keys() -> Mapping[str, bytes]:
    keys: Mapping[str, bytes] = settings.FIELD_KEYS
    return keys
