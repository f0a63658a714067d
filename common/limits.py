"""How often somebody may do something: a count in the cache for a stretch of time."""

from __future__ import annotations

from django.core.cache import cache


def is_too_often(what: str, *, who: str, most: int, seconds: int) -> bool:
    """Count one more time; whether `who` has now done `what` more than `most` times.

    The count starts with the first time and is forgotten `seconds` later. most 0 means no limit.
    """
    if not most:
        return False
    key = f"often:{what}:{who}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # forgotten between the two calls
        return False
