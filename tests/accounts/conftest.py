"""People for the tests of their own pages."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import register_person

PASSWORD = "a long enough secret"


@pytest.fixture
def lucie(db: None) -> User:
    """A buyer in Lyon."""
    return register_person(
        email="lucie@example.com", password=PASSWORD, name="Lucie", country="FR", currency="EUR"
    )


@pytest.fixture
def haruka(db: None) -> User:
    """A buyer in Osaka: a stranger to Lucie's things."""
    return register_person(
        email="haruka@example.com", password=PASSWORD, name="Haruka", country="JP", currency="JPY"
    )


@pytest.fixture
def as_lucie(lucie: User) -> Client:
    client = Client()
    client.force_login(lucie)
    return client


@pytest.fixture
def as_haruka(haruka: User) -> Client:
    client = Client()
    client.force_login(haruka)
    return client
