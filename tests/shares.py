"""Which tests go to the same process of a parallel run.

pytest-xdist's own mark for it (`xdist_group`) writes into a test's id, which pytest 9.2 no longer
lets it do, so that the mark has no effect. Where a test lies says the same.
"""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadGroupScheduling

# What starts the whole market starts one for all of these; what runs ./run takes turns.
TOGETHER: Final = {
    "tests/journeys/test_paid_through_stripe.py": "run",
    "tests/test_run.py": "run",
    "tests/journeys/": "market",
    "tests/faults/": "market",
}


def share_of(test: str) -> str:
    """The name of the share that a test (by its id) belongs to; its own id where it is free."""
    return next((name for path, name in TOGETHER.items() if test.startswith(path)), test)


class Scheduling(LoadGroupScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out shares whole, the others one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)
