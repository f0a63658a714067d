"""The provider's merchant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.sandbox.merchant import Merchant, listening


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def _secrets(settings: Settings) -> None:
    settings.SANDBOX_WEBHOOK_SECRETS = ["newest-secret", "older-secret"]
