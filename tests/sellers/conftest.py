"""A business in Accra, its people, and a stranger."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.services import appoint_moderator, register_person
from common.addresses import PostalAddress
from sellers.models import Business
from sellers.services import approve_business, open_business, submit_for_review
from trade.services.sanctions_lists import refresh_demo_list

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACCRA = PostalAddress(
    country_code="GH", name="Ama Mensah", street_address="12 Oxford Street", city="Accra"
)


def person(email: str, *, is_verified: bool = True) -> User:
    return register_person(
        email=email, password=None, name=email.split("@")[0].title(), is_verified=is_verified
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def sanctions_list(request: pytest.FixtureRequest) -> None:
    """The invented list, without which nobody is approved; the shared cast brings its own."""
    needs_one = "db" in request.fixturenames or request.node.get_closest_marker("django_db")
    if needs_one and "cast" not in request.fixturenames:
        request.getfixturevalue("db")
        refresh_demo_list(now=NOW)


@pytest.fixture
def ama(db: None) -> User:
    return person("ama@example.com")


@pytest.fixture
def linh(db: None) -> User:
    """Owns another business: a stranger to Ama's."""
    return person("linh@example.com")


@pytest.fixture
def moderator(db: None) -> User:
    user = person("mod@example.com")
    appoint_moderator(user=user)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def business(ama: User) -> Business:
    """Ama's business as it is right after opening."""
    return open_business(
        owner=ama,
        name="Kente by Ama",
        country="GH",
        currency="GHS",
        address=ACCRA,
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=NOW,
    )


@pytest.fixture
def waiting(business: Business, ama: User) -> Business:
    return submit_for_review(business=business, actor=ama, now=NOW)


@pytest.fixture
def approved(waiting: Business, moderator: User) -> Business:
    return approve_business(business=waiting, actor=moderator, now=NOW)


@pytest.fixture
def as_ama(ama: User) -> Client:
    return signed_in(ama)


@pytest.fixture
def as_linh(linh: User) -> Client:
    """A stranger who sells, too."""
    open_business(
        owner=linh,
        name="Linh Ceramics",
        country="VN",
        currency="VND",
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=NOW,
    )
    return signed_in(linh)


@pytest.fixture
def as_moderator(moderator: User) -> Client:
    return signed_in(moderator)
