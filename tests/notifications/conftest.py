"""Templates that a test writes itself."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def written_templates(tmp_path: Path, settings: Settings) -> Callable[[dict[str, str]], None]:
    """Put templates in front of the product's own, for one test."""

    def put(sources: dict[str, str]) -> None:
        for name, text in sources.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        engines = deepcopy(settings.TEMPLATES)
        engines[0]["DIRS"] = [tmp_path, *engines[0]["DIRS"]]
        settings.TEMPLATES = engines

    return put
