"""The page on which a seller sees how its account at Stripe stands, and goes on there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from notifications.models import Notice
from orders.selectors.getting_paid import getting_paid_of
from payments.models import ConnectedAccount, Payee
from payments.services.accounts import BANK_REFUSED, refresh_accounts
from tests.cast import Cast
from tests.stripe.peer import PeerHandle
from tests.stripe.through import Market, moment, use_the_peer

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(settings: SettingsWrapper, stripe_peer: PeerHandle, cast: Cast) -> Market:
    use_the_peer(settings, stripe_peer)
    return Market(stripe_peer, cast)


@pytest.fixture
def chiara(market: Market) -> Client:
    client = Client()
    client.force_login(market.cast.chiara.user)
    return client


def page(client: Client, market: Market, name: str = "") -> Any:
    return client.get(f"/sell/{market.business.slug}/getting-paid/{name}", follow=True)


def go_on(client: Client, market: Market) -> Any:
    return client.post(f"/sell/{market.business.slug}/getting-paid/continue/")


def test_from_nothing_to_ready(market: Market, chiara: Client) -> None:
    text = page(chiara, market).content.decode()
    assert "Not connected yet" in text
    assert "Open an account at Stripe" in text
    assert not ConnectedAccount.objects.exists()
    answer = go_on(chiara, market)
    assert answer.status_code == 302
    assert answer["Location"].startswith(market.peer.url)
    account = ConnectedAccount.objects.get()
    assert market.chiara.destination == {"account": account.account_ref}
    text = page(chiara, market).content.decode()
    assert "Stripe needs to know more" in text
    assert "Continue at Stripe" in text
    assert len(re.findall(r"<li>[A-Z]", text)) == len(
        getting_paid_of(business=market.business).wanted
    )
    market.peer.control(f"accounts/{account.account_ref}/onboard")
    text = page(chiara, market, "back/").content.decode()
    assert "You can be paid" in text
    assert Notice.objects.filter(kind="account_ready").count() == 1
    page(chiara, market, "back/")
    assert Notice.objects.filter(kind="account_ready").count() == 1


def test_the_button_opens_one_account_however_often(market: Market, chiara: Client) -> None:
    first, second = go_on(chiara, market)["Location"], go_on(chiara, market)["Location"]
    assert first != second
    assert market.peer.control("state")["objects"]["account"] == 1


def test_an_answer_that_was_lost_opens_no_second_account(market: Market, chiara: Client) -> None:
    market.peer.fault("timeout_after_commit", path="/v2/core/accounts", count=2, seconds=0)
    for _ in range(4):  # how often the SDK tries again by itself is its own business
        answer = go_on(chiara, market)
        if answer["Location"].startswith(market.peer.url):
            break
        assert "does not answer" in page(chiara, market).content.decode()
    assert answer["Location"].startswith(market.peer.url)
    assert market.peer.control("state")["objects"]["account"] == 1


def test_stripe_is_away(market: Market, chiara: Client, settings: SettingsWrapper) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert go_on(chiara, market)["Location"].endswith("/getting-paid/")
    assert "Stripe does not answer" in page(chiara, market).content.decode()
    assert page(chiara, market, "back/").status_code == 200


def test_a_used_link_leads_back_to_the_button(market: Market, chiara: Client) -> None:
    assert "used up" in page(chiara, market, "again/").content.decode()


def test_what_is_wanted_is_said_in_words_with_its_day(market: Market, chiara: Client) -> None:
    market.connect()
    ConnectedAccount.objects.update(
        transfers="RESTRICTED",
        requirements=[
            {"code": "identity.individual.date_of_birth.day", "due": "2026-12-24"},
            {"code": "identity.individual.date_of_birth.month", "due": "2026-12-20"},
            {"code": "configuration.recipient.default_outbound_destination", "due": ""},
            {"code": "something.new.of.stripes", "due": ""},
        ],
    )
    wanted = getting_paid_of(business=market.business).wanted
    assert [(one.words, str(one.due), one.is_known) for one in wanted] == [
        ("Your date of birth", "2026-12-20", True),
        ("The bank account to pay you to", "None", True),
        ("something.new.of.stripes", "None", False),
    ]
    text = page(chiara, market).content.decode()
    assert "<code>something.new.of.stripes</code>" in text


def test_a_hold_is_said_with_its_reason(market: Market, chiara: Client) -> None:
    market.connect()
    Payee.objects.filter(pk=market.chiara.pk).update(payouts_held=True, hold_reason=BANK_REFUSED)
    text = page(chiara, market).content.decode()
    assert "Your bank refused what Stripe sent it." in text
    assert "You can be paid" not in text


def test_a_seller_of_another_provider_needs_nothing(market: Market, chiara: Client) -> None:
    Payee.objects.filter(pk=market.chiara.pk).update(provider="sandbox")
    assert "you need no account" in page(chiara, market).content.decode()
    assert go_on(chiara, market)["Location"].endswith("/getting-paid/")
    assert not ConnectedAccount.objects.exists()


def test_owners_only(market: Market) -> None:
    for who in (market.cast.ama.user, market.cast.lucie):
        client = Client()
        client.force_login(who)
        assert page(client, market).status_code == 404
        assert go_on(client, market).status_code == 404
    assert not ConnectedAccount.objects.exists()


def test_accounts_are_asked_about_when_nobody_told_us(market: Market, chiara: Client) -> None:
    go_on(chiara, market)
    account = ConnectedAccount.objects.get()
    market.peer.control(f"accounts/{account.account_ref}/onboard")
    assert refresh_accounts(now=moment()) == 0
    assert refresh_accounts(now=moment() + timedelta(hours=1)) == 1
    account.refresh_from_db()
    assert account.transfers == "ACTIVE"
    assert refresh_accounts(now=moment() + timedelta(hours=3)) == 0
