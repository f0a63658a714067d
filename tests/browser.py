"""A real browser for tests: the one that `./test` found, or the system's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from marketplace.checks import SYSTEM_BROWSERS


def _program() -> str | None:
    """Its path; None for the one that Playwright brought."""
    named = os.environ.get("FREEPORT_BROWSER", "")
    if named:
        return None if named == "playwright" else named
    return next((path for name in SYSTEM_BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, where Django would refuse to reach the database.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path=_program(), args=["--no-sandbox", "--disable-gpu"]
            )
        except Error as reason:
            pytest.skip(f"no browser here: {reason}")
        yield started
        started.close()
    patch.undo()
