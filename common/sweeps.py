"""Sweeps look at many rows; one that fails must not keep the others waiting."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from common.states import TransitionError

# What acting on a single row may raise, a bug included. A sweep logs it with the row and goes on:
# whatever comes first in the order of a queue would otherwise stop all of it, for ever.
ROW_FAILURES: Final = (
    DatabaseError,
    ObjectDoesNotExist,
    TransitionError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
