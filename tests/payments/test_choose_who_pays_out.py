"""Who pays a new seller: Stripe where it reaches, a bank file elsewhere, the sandbox in a sandbox market."""

from __future__ import annotations

from datetime import datetime

import pytest
from pytest_django import Settings as SettingsWrapper

from payments.rules.providers import TRANSFER_REGIONS, payout_provider
from payments.selectors.payability import why_not_payable
from payments.services import create_payee
from payments.states import PayoutHindrance


@pytest.mark.parametrize(
    ("platform", "country", "provider"),
    [("FR", "IT", "stripe"), ("FR", "US", "stripe"), ("US", "GB", "stripe"), ("CH", "CA", "stripe"),
     ("FR", "IS", "stripe"), ("FR", "FR", "stripe"), ("FR", "GH", "bank_file"),
     ("FR", "VN", "bank_file"), ("FR", "JP", "bank_file"), ("AU", "AU", "bank_file"),
     ("JP", "FR", "bank_file"), ("FR", "TR", "bank_file"), ("", "FR", "bank_file")],
)  # fmt: skip
def test_where_stripe_reaches(platform: str, country: str, provider: str) -> None:
    found = payout_provider(charged_by="stripe", platform_country=platform, country=country)
    assert found == provider


def test_the_regions_are_34_countries() -> None:
    """27 of the Union, three of the Area, and four more."""
    assert len(TRANSFER_REGIONS) == 27 + 3 + 4


def test_a_sandbox_market_pays_everybody_at_the_sandbox() -> None:
    for country in ("FR", "GH", "US"):
        assert (
            payout_provider(charged_by="sandbox", platform_country="FR", country=country)
            == "sandbox"
        )


@pytest.mark.django_db
def test_a_new_seller_gets_whoever_reaches_it(settings: SettingsWrapper, now: datetime) -> None:
    settings.PAYMENT_PROVIDER, settings.PLATFORM_COUNTRY = "stripe", "FR"
    chiara = create_payee(name="Chiara", country="IT", currency="EUR", now=now)
    ama = create_payee(name="Ama", country="GH", currency="GHS", now=now)
    settings.PAYMENT_PROVIDER = "sandbox"
    linh = create_payee(name="Linh", country="VN", currency="VND", now=now)
    assert [payee.provider for payee in (chiara, ama, linh)] == ["stripe", "bank_file", "sandbox"]
    assert [payee.destination for payee in (chiara, ama)] == [{}, {}]
    assert linh.destination["account"].startswith("sandbox-")


@pytest.mark.django_db
def test_real_money_does_not_go_to_a_bank_that_is_none(
    settings: SettingsWrapper, now: datetime
) -> None:
    """A seller of the days of test cards waits until somebody decides how it is paid."""
    linh = create_payee(name="Linh", country="VN", currency="VND", now=now)
    settings.PAYMENT_PROVIDER = "stripe"
    assert why_not_payable(linh, now=now) is None
    settings.STRIPE_LIVEMODE = True
    assert why_not_payable(linh, now=now) == PayoutHindrance.NOT_CONNECTED
