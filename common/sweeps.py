"""Sweeps look at many rows; one that fails must not keep the others waiting."""

from __future__ import annotations

from typing import Final

# What acting on a single row may raise: anything, for it may be a bug of which nobody has thought
# (a page's address that can't be made, a template that is missing). A sweep logs it with the row and
# goes on: whatever comes first in the order of a queue would otherwise stop all of it, for ever.
ROW_FAILURES: Final = (Exception,)
