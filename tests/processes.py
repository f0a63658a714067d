"""The processes of a market that runs beside the tests, found by their mark; any of them may just be ending."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil

from marketplace.supervisor.children import MARK


def children_of(data: Path) -> list[psutil.Process]:
    """Whatever the supervisor of this data folder has started and what that started."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == str(data):
                found.append(process)
    return found


def leader_of(data: Path, word: str) -> psutil.Process | None:
    """The oldest process with this word in its command line; None where there is none."""
    ages = {}
    for process in children_of(data):
        with suppress(psutil.Error):
            if word in process.cmdline():
                ages[process] = process.create_time()
    return min(ages, key=ages.__getitem__, default=None)
