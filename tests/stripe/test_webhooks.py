"""Three doors for Stripe: whoever is not Stripe is refused, whatever Stripe tells finds its subject."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from orders.services.events import handle_provider_events
from payments.gateways.base import EventSubject
from payments.models import ConnectedAccount, Entry, ProviderEvent
from payments.states import InboxState
from tests.cast import Cast
from tests.stripe.peer import PATHS, SECRETS, PeerHandle
from tests.stripe.through import GATEWAY, Market, moment, use_the_peer

ROW = "5c097c18-0a98-468c-b339-70da0c21ad02"


@pytest.fixture
def market(settings: SettingsWrapper, stripe_peer: PeerHandle, cast: Cast) -> Market:
    use_the_peer(settings, stripe_peer)
    return Market(stripe_peer, cast)


def event(kind: str = "balance.available", number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"evt_{number}", "type": kind, "data": {"object": {"id": "x"}}, **more}


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", list(PATHS))
@pytest.mark.parametrize(
    "how",
    [
        {"secret": "whsec_somebody_elses"},
        {"at": -301},
        {"at": 301},
    ],
)
def test_forged_stale_or_from_the_future(
    market: Market, endpoint: str, how: dict[str, Any]
) -> None:
    if "at" in how:
        how = {"at": moment() + timedelta(seconds=how["at"])}
    assert market.tell(event(), endpoint=endpoint, **how) == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
def test_a_secret_opens_one_door_only(market: Market) -> None:
    for endpoint in PATHS:
        for other, secret in SECRETS.items():
            if other != endpoint:
                assert market.tell(event(), endpoint=endpoint, secret=secret) == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=é", "t=1,t=2,v1=00"])
def test_a_header_that_is_none(market: Market, header: str) -> None:
    for path in PATHS.values():
        answer = Client().post(
            path, b"{}", content_type="application/json", headers={"Stripe-Signature": header}
        )
        assert answer.status_code == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
def test_a_body_that_was_changed_on_the_way(market: Market) -> None:
    market.connect()
    [webhook, *_] = market.webhooks()
    answer = Client().post(
        webhook.path,
        webhook.body.replace(b"acct_", b"acct-"),
        content_type="application/json",
        headers={"Stripe-Signature": webhook.signature},
    )
    assert answer.status_code == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
def test_a_secret_is_changed_without_a_gap(market: Market, settings: SettingsWrapper) -> None:
    old, new = SECRETS["platform"], "whsec_new"
    settings.STRIPE_WEBHOOK_SECRETS = [new, old]
    assert market.tell(event(number=1), secret=old) == 200
    assert market.tell(event(number=2), secret=new) == 200
    settings.STRIPE_WEBHOOK_SECRETS = [new]
    assert market.tell(event(number=3), secret=old) == 400
    assert ProviderEvent.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", list(PATHS))
def test_live_and_test_never_mix(
    market: Market, settings: SettingsWrapper, caplog: pytest.LogCaptureFixture, endpoint: str
) -> None:
    assert market.tell(event(livemode=True), endpoint=endpoint) == 400
    assert "other mode" in caplog.text
    settings.STRIPE_LIVEMODE = True
    assert market.tell(event(livemode=False), endpoint=endpoint) == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
def test_accounts_that_are_not_our_sellers_are_counted_and_forgotten(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    for number, account in enumerate(("acct_stranger", "")):
        told = event("account.updated", number, account=account)
        assert market.tell(told, endpoint="connect") == 200
        assert f"({number + 1} so far)" in caplog.text
    assert not ProviderEvent.objects.exists()
    account = market.connect()
    assert market.tell(event("payout.paid", 7, account=account), endpoint="connect") == 200
    assert ProviderEvent.objects.count() == 1


@pytest.mark.django_db
def test_what_nobody_has_heard_of_is_kept_and_done(market: Market) -> None:
    for number, kind in enumerate(("radar.new_thing", "topup.created", "v3.moon.landed")):
        assert market.tell(event(kind, number)) == 200
    handle_provider_events(now=moment())
    states = ProviderEvent.objects.values_list("state", flat=True)
    assert list(states) == [InboxState.DONE] * 3
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_thin_event_brings_the_account_up_to_date(market: Market) -> None:
    account = market.connect()
    market.webhooks()
    ConnectedAccount.objects.update(transfers="PENDING")
    thin = {
        "id": "evt_thin", "object": "v2.core.event", "type": "v2.core.account[requirements].updated",
        "related_object": {"id": account, "type": "v2.core.account", "url": "/v2/core/accounts"},
    }  # fmt: skip
    assert market.tell(thin, endpoint="thin") == 200
    handle_provider_events(now=moment())
    assert ConnectedAccount.objects.get().transfers == "ACTIVE"


def ours(name: str) -> dict[str, Any]:
    return {"id": "x_1", "metadata": {name: ROW}}


CHARGE = {"id": "ch_1", "charge": "ch_1"}
SUBJECTS: list[tuple[str, dict[str, Any], EventSubject, str]] = [
    *[
        (f"checkout.session.{what}", ours("payment"), EventSubject.PAYMENT, ROW)
        for what in ("completed", "expired", "async_payment_succeeded", "async_payment_failed")
    ],
    *[
        (f"payment_intent.{what}", ours("payment"), EventSubject.PAYMENT, ROW)
        for what in ("succeeded", "payment_failed", "canceled", "processing", "requires_action")
    ],
    ("charge.updated", CHARGE, EventSubject.CHARGE, "ch_1"),
    ("charge.refunded", CHARGE, EventSubject.CHARGE, "ch_1"),
    *[
        (f"charge.dispute.{what}", {"id": "du_1"}, EventSubject.DISPUTE, "du_1")
        for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
    ],
    *[
        (f"refund.{what}", ours("refund"), EventSubject.REFUND, ROW)
        for what in ("created", "updated", "failed")
    ],
    ("charge.refund.updated", ours("refund"), EventSubject.REFUND, ROW),
    *[
        (f"transfer.{what}", ours("payout"), EventSubject.PAYOUT, ROW)
        for what in ("created", "updated", "reversed")
    ],
    *[
        (f"payout.{what}", {"id": "po_1"}, EventSubject.BALANCE, f"payout.{what}")
        for what in ("paid", "failed", "canceled", "reconciliation_completed")
    ],
    ("balance.available", {"object": "balance"}, EventSubject.BALANCE, "balance.available"),
    ("account.updated", {"id": "acct_1"}, EventSubject.ACCOUNT, "acct_1"),
    ("capability.updated", {"account": "acct_1"}, EventSubject.ACCOUNT, "acct_1"),
    ("radar.early_fraud_warning.created", CHARGE, EventSubject.CHARGE, "ch_1"),
    ("review.opened", CHARGE, EventSubject.CHARGE, "ch_1"),
    ("review.closed", CHARGE, EventSubject.CHARGE, "ch_1"),
    # Of somebody else's system in the same Stripe account.
    ("checkout.session.completed", {"id": "x_1", "metadata": {}}, EventSubject.OTHER, ""),
    ("refund.created", {"id": "x_1", "metadata": None}, EventSubject.OTHER, ""),
    ("transfer.created", {"id": "x_1"}, EventSubject.OTHER, ""),
]


@pytest.mark.parametrize(("kind", "thing", "subject", "ref"), SUBJECTS)
def test_every_event_has_its_subject(
    kind: str, thing: dict[str, Any], subject: EventSubject, ref: str
) -> None:
    found = GATEWAY.subject_of(kind=kind, payload={"data": {"object": thing}})
    assert found == (subject, ref)


@pytest.mark.parametrize(
    "kind",
    ["payout.paid", "payout.failed", "payout.canceled", "payout.reconciliation_completed",
     "account.updated", "account.application.deauthorized", "account.external_account.created",
     "account.external_account.updated", "account.external_account.deleted", "capability.updated"],
)  # fmt: skip
def test_in_a_sellers_name_it_is_about_the_seller(kind: str) -> None:
    payload = {"account": "acct_1", "data": {"object": {"id": "po_1", "metadata": {}}}}
    assert GATEWAY.subject_of(kind=kind, payload=payload) == (EventSubject.ACCOUNT, "acct_1")


@pytest.mark.parametrize(
    "kind", ["charge.updated", "transfer.created", "checkout.session.completed"]
)
def test_a_sellers_own_business_is_none_of_ours(kind: str) -> None:
    payload = {"account": "acct_1", "data": {"object": {"id": "ch_1", **ours("payment")}}}
    assert GATEWAY.subject_of(kind=kind, payload=payload) == (EventSubject.OTHER, "")


@pytest.mark.parametrize("payload", [{}, {"data": None}, {"data": {"object": []}}, {"data": 1}])
def test_an_event_without_an_object(payload: dict[str, Any]) -> None:
    for kind, _, subject, _ in SUBJECTS:
        if subject == EventSubject.BALANCE:
            continue
        assert GATEWAY.subject_of(kind=kind, payload=payload) == (EventSubject.OTHER, "")
