"""The gateway turns our words into Stripe's and back: sessions, refunds, transfers, accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import stripe
from pytest_django import Settings as SettingsWrapper

from payments.gateways.base import (
    DisputeFacts,
    Evidence,
    PayoutRequest,
    ProviderRefused,
    ProviderShort,
    ProviderUnavailable,
    RefundRequest,
    ReversalRequest,
    SessionFacts,
    SessionRequest,
    SessionStatus,
    TransferStatus,
)
from payments.gateways.stripe import client as stripe_client
from payments.gateways.stripe.charges import LOCALES, locale_of
from payments.gateways.stripe.disputes import evidence_fields
from payments.states import DisputeState, MovementKind, TransfersState
from tests.stripe.peer import PeerHandle
from tests.stripe.schema import description
from tests.stripe.shop import seller
from tests.stripe.through import (
    GATEWAY,
    moment,
    paid,
    request,
    use_the_peer,
    without_own_retries,
)

DISPUTED = "4000000000000259"


@pytest.fixture(autouse=True)
def _at_the_peer(settings: SettingsWrapper, stripe_peer: PeerHandle) -> None:
    use_the_peer(settings, stripe_peer)


@pytest.fixture(autouse=True)
def _one_try(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    without_own_retries(monkeypatch)
    yield
    stripe_client._client.cache_clear()


def refund_of(charge: str, amount: int = 740, number: int = 1) -> RefundRequest:
    return RefundRequest(f"refund:7:{number}", charge, amount, "JPY", "7")


def payout_to(account: str, amount: int = 1000, key: str = "payout:9") -> PayoutRequest:
    return PayoutRequest(key, {"account": account}, amount, "EUR", "9")


def test_requests_are_of_the_version_that_is_described() -> None:
    assert description().version == stripe_client.API_VERSION


# --- sessions -------------------------------------------------------------------------------------


def test_a_session_says_whose_it_is(stripe_peer: PeerHandle) -> None:
    asked = request()
    made = GATEWAY.create_session(asked, now=moment())
    assert (made.status, made.amount, made.currency) == (SessionStatus.OPEN, 2740, "JPY")
    assert made.url.startswith(stripe_peer.url)
    session = stripe_peer.client.v1.checkout.sessions.retrieve(made.ref)
    assert session.client_reference_id == asked.payment_ref
    assert (session.locale, session.customer_email) == ("ja", "haruka@example.com")
    stays = session.expires_at - asked.expires_at.timestamp()
    assert 30 * 60 < stays < 32 * 60
    stripe_peer.pay(made.ref)
    facts = GATEWAY.get_session(made.ref)
    assert (facts.status, facts.amount, facts.currency) == (SessionStatus.PAID, 2740, "JPY")
    charge = stripe_peer.client.v1.charges.retrieve(facts.charge_ref)
    assert charge.transfer_group == asked.purchase_ref
    assert charge.metadata.to_dict() == {"payment": asked.payment_ref, "key": asked.key}
    assert charge.application_fee_amount is None
    assert charge.on_behalf_of is None
    assert GATEWAY.charge_owner(facts.charge_ref) == asked.payment_ref


def test_the_same_request_opens_one_session(stripe_peer: PeerHandle) -> None:
    asked = request()
    first = GATEWAY.create_session(asked, now=moment())
    again = GATEWAY.create_session(asked, now=moment() + timedelta(seconds=50))
    assert again.ref == first.ref
    assert stripe_peer.control("state")["objects"]["checkout.session"] == 1


def test_another_request_under_the_same_key_leaves_the_outcome_unknown() -> None:
    asked = request()
    GATEWAY.create_session(asked, now=moment())
    with pytest.raises(ProviderUnavailable, match="Idempotency"):
        GATEWAY.create_session(replace(asked, amount=1), now=moment())


def test_a_session_is_found_when_stripe_has_forgotten_the_key(stripe_peer: PeerHandle) -> None:
    since = moment()
    others = [GATEWAY.create_session(request(), now=since) for _ in range(3)]
    asked = request()
    stripe_peer.fault("timeout_after_commit", path="/v1/checkout/sessions", count=1, seconds=0)
    with pytest.raises(ProviderUnavailable):
        GATEWAY.create_session(asked, now=since)
    found = GATEWAY.find_session(asked.key, since=since)
    assert found.status == SessionStatus.OPEN
    assert found.ref not in {other.ref for other in others}
    assert GATEWAY.find_session("session:other", since=since) == SessionFacts(SessionStatus.MISSING)
    assert GATEWAY.find_session(asked.key, since=since - timedelta(days=3)).status == "MISSING"


def test_a_page_is_closed_unless_somebody_was_quicker(stripe_peer: PeerHandle) -> None:
    made = GATEWAY.create_session(request(), now=moment())
    assert GATEWAY.expire_session(made.ref, now=moment()).status == SessionStatus.EXPIRED
    assert GATEWAY.expire_session(made.ref, now=moment()).status == SessionStatus.EXPIRED
    facts = paid(stripe_peer)
    assert GATEWAY.expire_session(facts.ref, now=moment()).status == SessionStatus.PAID


def test_a_declined_card_leaves_the_page_open(stripe_peer: PeerHandle) -> None:
    facts = paid(stripe_peer, card="4000000000009995")
    assert facts.status == SessionStatus.OPEN
    assert facts.failure == "insufficient_funds"
    assert facts.charge_ref == ""


def test_a_slow_bank_is_neither_yes_nor_no(stripe_peer: PeerHandle) -> None:
    for bank, outcome in (("succeeds", SessionStatus.PAID), ("fails", SessionStatus.FAILED)):
        stripe_peer.reset()
        made = GATEWAY.create_session(request(2740, "EUR"), now=moment())
        stripe_peer.control(f"checkout/{made.ref}/pay", bank=f"bank_{bank}")
        assert GATEWAY.get_session(made.ref).status == SessionStatus.PROCESSING
        stripe_peer.advance(days=8)
        assert GATEWAY.get_session(made.ref).status == outcome


@pytest.mark.parametrize(
    ("currency", "amount", "theirs"),
    [("KWD", 5120, 5120), ("ISK", 1500, 150_000), ("UGX", 5000, 500_000), ("HUF", 104_500, 104_500),
     ("JPY", 2740, 2740), ("MGA", 500_000, 5000), ("TWD", 100_45, 100_45)],
)  # fmt: skip
def test_each_currency_in_its_unit(
    stripe_peer: PeerHandle, currency: str, amount: int, theirs: int
) -> None:
    made = GATEWAY.create_session(request(amount, currency), now=moment())
    session = stripe_peer.client.v1.checkout.sessions.retrieve(made.ref)
    assert session.amount_total == theirs
    assert (made.amount, made.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("ja", "ja"), ("fr-CA", "fr-CA"), ("de-AT", "de"), ("pt-BR", "pt-BR"), ("pt-PT", "pt"),
     ("zh-Hant", "zh-TW"), ("zh-hans-cn", "zh"), ("no", "nb"), ("en-gb", "en-GB"), ("ar", "auto"),
     ("es-419", "es-419"), ("", "auto")],
)  # fmt: skip
def test_the_page_speaks_the_nearest_language(ours: str, theirs: str) -> None:
    assert locale_of(ours) == theirs
    assert theirs in LOCALES | {"auto"}


# --- refunds --------------------------------------------------------------------------------------


def test_a_refund_is_made_once_and_found_again(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer).charge_ref
    asked = refund_of(charge)
    made = GATEWAY.create_refund(asked)
    assert made.status == TransferStatus.PAID
    assert GATEWAY.create_refund(asked) == made
    assert GATEWAY.get_refund(made.ref) == made
    assert GATEWAY.find_refund(asked.key, charge_ref=charge) == made
    assert GATEWAY.find_refund("refund:7:2", charge_ref=charge).status == TransferStatus.MISSING
    assert stripe_peer.client.v1.charges.retrieve(charge).amount_refunded == 740


def test_too_much_is_refused_and_nothing_happens(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer).charge_ref
    with pytest.raises(ProviderRefused):
        GATEWAY.create_refund(refund_of(charge, 2741))
    GATEWAY.create_refund(refund_of(charge, 2740, number=2))
    with pytest.raises(ProviderRefused) as refused:
        GATEWAY.create_refund(refund_of(charge, 1, number=3))
    assert refused.value.code == "charge_already_refunded"
    assert stripe_peer.client.v1.charges.retrieve(charge).amount_refunded == 2740


def test_a_disputed_charge_is_not_refunded(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer, card=DISPUTED).charge_ref
    with pytest.raises(ProviderRefused) as refused:
        GATEWAY.create_refund(refund_of(charge))
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(
    "kind",
    ["rate_limit", "conflict", "timeout_before", "timeout_after_commit", "error_after_commit"],
)
def test_no_answer_is_no_no(stripe_peer: PeerHandle, kind: str) -> None:
    charge = paid(stripe_peer).charge_ref
    stripe_peer.fault(kind, path="/v1/refunds", method="POST", count=1, seconds=0)
    asked = refund_of(charge)
    with pytest.raises(ProviderUnavailable):
        GATEWAY.create_refund(asked)
    found = GATEWAY.find_refund(asked.key, charge_ref=charge)
    if found.status == TransferStatus.MISSING:
        found = GATEWAY.create_refund(asked)
    assert found.status == TransferStatus.PAID
    assert stripe_peer.client.v1.charges.retrieve(charge).amount_refunded == 740


def test_a_saved_error_stays_unknown_until_the_key_is_forgotten(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer).charge_ref
    asked = refund_of(charge)
    stripe_peer.fault("error_before", path="/v1/refunds", method="POST", count=1)
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            GATEWAY.create_refund(asked)
        missing = GATEWAY.find_refund(asked.key, charge_ref=charge)
        assert missing.status == TransferStatus.MISSING
    stripe_peer.advance(hours=25)
    assert GATEWAY.create_refund(asked).status == TransferStatus.PAID


def test_without_a_key_nobody_is_asked(settings: SettingsWrapper) -> None:
    """A market that goes on without its peer must not knock at Stripe's own door."""
    settings.STRIPE_SECRET_KEY = settings.STRIPE_API_BASE = ""
    with pytest.raises(ProviderUnavailable, match="no_key"):
        GATEWAY.get_session("cs_test_1")


def test_a_wrong_key_refuses_nothing_for_good(settings: SettingsWrapper) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_wrong"
    with pytest.raises((ProviderUnavailable, ProviderRefused)) as unknown:
        GATEWAY.create_session(request(), now=moment())
    assert unknown.type is ProviderUnavailable


# --- transfers ------------------------------------------------------------------------------------


def test_a_transfer_goes_to_an_account_that_may_receive_it(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    stripe_peer.control("topup", amount=5000, currency="eur")
    made = GATEWAY.create_payout(payout_to(account))
    assert made.status == TransferStatus.PAID
    assert GATEWAY.create_payout(payout_to(account)) == made
    assert GATEWAY.get_payout(made.ref) == made
    assert GATEWAY.find_payout("payout:9") == made
    assert GATEWAY.find_payout("payout:9:2").status == TransferStatus.MISSING
    transfer = stripe_peer.client.v1.transfers.retrieve(made.ref)
    assert (transfer.amount, transfer.destination) == (1000, account)
    assert transfer.transfer_group == "payout:9"
    assert transfer.source_transaction is None


def test_a_later_try_has_a_key_of_its_own_in_the_same_group(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    with pytest.raises(ProviderShort) as short:
        GATEWAY.create_payout(payout_to(account))
    assert short.value.code == "balance_insufficient"
    stripe_peer.control("topup", amount=5000, currency="eur")
    made = GATEWAY.create_payout(payout_to(account, key="payout:9:2"))
    assert made.status == TransferStatus.PAID
    assert GATEWAY.find_payout("payout:9:2") == made
    assert GATEWAY.find_payout("payout:9").status == TransferStatus.MISSING


def test_all_tries_of_a_payout_are_looked_for_at_once(
    stripe_peer: PeerHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that waits for weeks has been tried often; Stripe is not asked once for each."""
    asked = []
    listing = stripe.TransferService.list

    def count(self: stripe.TransferService, *args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        return listing(self, *args, **kwargs)

    monkeypatch.setattr(stripe.TransferService, "list", count)
    account = seller(stripe_peer)
    keys = ["payout:9", *(f"payout:9:{number}" for number in range(2, 40))]
    assert GATEWAY.find_sent_payout(keys) is None
    stripe_peer.control("topup", amount=5000, currency="eur")
    made = GATEWAY.create_payout(payout_to(account, key="payout:9:7"))
    assert GATEWAY.find_sent_payout(keys) == made
    assert GATEWAY.find_sent_payout(keys[:6]) is None
    assert len(asked) == 3


def test_nothing_goes_to_an_account_that_is_not_ready(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("topup", amount=5000, currency="eur")
    account = seller(stripe_peer, ready=False)
    for request_ in (payout_to(account), payout_to("")):
        with pytest.raises(ProviderShort):
            GATEWAY.create_payout(request_)
    assert stripe_peer.control("state")["objects"].get("transfer", 0) == 0


def test_a_reversal_takes_a_part_back_while_the_account_has_it(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    stripe_peer.control("topup", amount=5000, currency="eur")
    ref = GATEWAY.create_payout(payout_to(account)).ref
    asked = ReversalRequest("reversal:3:1", ref, 400, "EUR", "3")
    made = GATEWAY.create_reversal(asked)
    assert made.status == TransferStatus.PAID
    assert GATEWAY.create_reversal(asked) == made
    assert GATEWAY.get_reversal(made.ref, payout_provider_ref=ref) == made
    assert GATEWAY.find_reversal("reversal:3:1", payout_provider_ref=ref) == made
    missing = GATEWAY.find_reversal("reversal:3:2", payout_provider_ref=ref)
    assert missing.status == TransferStatus.MISSING
    with pytest.raises(ProviderRefused):
        GATEWAY.create_reversal(replace(asked, key="reversal:3:2", amount=601))
    GATEWAY.create_reversal(replace(asked, key="reversal:4:1", amount=600))
    # All of it came back because we asked: the payout itself did not fail.
    assert GATEWAY.get_payout(ref).status == TransferStatus.PAID


def test_a_transfer_that_others_took_back_has_failed(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    stripe_peer.control("topup", amount=5000, currency="eur")
    ref = GATEWAY.create_payout(payout_to(account)).ref
    stripe_peer.client.v1.transfers.reversals.create(ref, {"amount": 999})
    assert GATEWAY.get_payout(ref).status == TransferStatus.PAID
    stripe_peer.client.v1.transfers.reversals.create(ref, {"amount": 1})
    assert GATEWAY.get_payout(ref).status == TransferStatus.FAILED


# --- accounts -------------------------------------------------------------------------------------


def test_an_account_is_opened_once_and_completed_at_stripe(stripe_peer: PeerHandle) -> None:
    asked = {
        "key": "account:3", "payee_ref": "3", "name": "Chiara Carta",
        "email": "chiara@example.com", "country": "IT", "currency": "EUR",
    }  # fmt: skip
    made = GATEWAY.create_account(**asked)
    assert GATEWAY.create_account(**asked).ref == made.ref
    assert made.transfers != TransfersState.ACTIVE
    assert made.requirements
    assert made.livemode is False
    url = GATEWAY.onboarding_url(made.ref, return_url="http://a/", refresh_url="http://b/")
    assert url.startswith(stripe_peer.url)
    stripe_peer.control(f"accounts/{made.ref}/onboard")
    ready = GATEWAY.get_account(made.ref)
    assert ready.transfers == TransfersState.ACTIVE
    with pytest.raises(ProviderRefused):
        GATEWAY.get_account("acct_unknown")


# --- what Stripe booked ---------------------------------------------------------------------------


def test_movements_come_oldest_first_with_fee_and_exchange(stripe_peer: PeerHandle) -> None:
    since = moment() - timedelta(minutes=1)
    asked = request()
    facts = paid(stripe_peer, asked)
    GATEWAY.create_refund(refund_of(facts.charge_ref))
    booked = GATEWAY.charge_movement(facts.charge_ref)
    assert booked is not None
    assert (booked.kind, booked.currency, booked.amount, booked.fee, booked.net) == (
        MovementKind.CHARGE, "EUR", 1548, 48, 1500,
    )  # fmt: skip
    assert (booked.source_currency, booked.source_amount) == ("JPY", 2740)
    assert booked.source_ref == facts.charge_ref
    assert booked.subject_ref == asked.payment_ref
    rows = list(GATEWAY.movements(since=since, until=moment() + timedelta(minutes=1)))
    assert [row.kind for row in rows] == [MovementKind.CHARGE, MovementKind.REFUND]
    assert rows[0] == booked
    assert (rows[1].source_currency, rows[1].source_amount, rows[1].subject_ref) == (
        "JPY", -740, "7",
    )  # fmt: skip
    assert rows[1].amount < 0
    assert list(GATEWAY.movements(since=since - timedelta(days=1), until=since)) == []


def test_many_movements_are_fetched_page_by_page(stripe_peer: PeerHandle) -> None:
    since = moment() - timedelta(minutes=1)
    charge = paid(stripe_peer, request(20_000)).charge_ref
    for number in range(1, 105):
        GATEWAY.create_refund(refund_of(charge, 50 + number, number))
    rows = list(GATEWAY.movements(since=since, until=moment() + timedelta(minutes=1)))
    assert [row.source_amount for row in rows] == [20_000, *range(-51, -155, -1)]


# --- disputes -------------------------------------------------------------------------------------


def disputed(peer: PeerHandle, asked: SessionRequest, card: str = DISPUTED) -> DisputeFacts:
    paid(peer, asked, card)
    [dispute] = peer.client.v1.disputes.list({"limit": 1}).data
    return GATEWAY.get_dispute(dispute.id)


def test_a_dispute_tells_what_was_taken_in_the_buyers_currency(stripe_peer: PeerHandle) -> None:
    asked = request()
    facts = disputed(stripe_peer, asked)
    assert facts.payment_ref == asked.payment_ref
    assert (facts.status, facts.amount, facts.currency) == (
        DisputeState.NEEDS_RESPONSE,
        2740,
        "JPY",
    )
    assert (facts.taken, facts.returned) == (2740, 0)
    assert (facts.fee > 0, facts.fee_currency) == (True, "EUR")
    assert facts.evidence_due_at is not None
    assert facts.charge_ref.startswith("ch_")


@pytest.mark.parametrize(
    ("text", "state", "returned"),
    [("winning_evidence", DisputeState.WON, 2740), ("losing_evidence", DisputeState.LOST, 0)],
)
def test_our_answer_decides(
    stripe_peer: PeerHandle, text: str, state: DisputeState, returned: int
) -> None:
    ref = disputed(stripe_peer, request()).ref
    photo = GATEWAY.upload_evidence(
        key="evidence:1",
        name="parcel.png",
        media_type="image/png",
        purpose="service_documentation",
        content=PNG,
    )
    evidence = Evidence(
        {"statement": text, "shipping_tracking_number": "EE1"}, {"service_documentation": photo}
    )
    GATEWAY.submit_evidence(ref=ref, key="answer:1", evidence=evidence)
    told = stripe_peer.client.v1.disputes.retrieve(ref).evidence
    assert (told.uncategorized_text, told.shipping_tracking_number) == (text, "EE1")
    assert told.service_documentation == photo
    stripe_peer.advance(days=90)
    facts = GATEWAY.get_dispute(ref)
    assert (facts.status, facts.taken, facts.returned) == (state, 2740, returned)


def test_giving_in_loses(stripe_peer: PeerHandle) -> None:
    ref = disputed(stripe_peer, request()).ref
    assert GATEWAY.accept_dispute(ref=ref, key="accept:1").status == DisputeState.LOST
    assert GATEWAY.get_dispute(ref).returned == 0


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def test_evidence_without_a_field_of_its_own_is_told_in_words() -> None:
    fields = evidence_fields(
        Evidence(
            {
                "statement": "It arrived.",
                "weather": "rain",
                "empty": " ",
                "product_description": "A basket",
            },
            {"receipt": "file_1", "x-ray": "file_2", "other": "file_3"},
        )
    )
    assert fields == {
        "uncategorized_text": "It arrived.\n\nweather: rain",
        "product_description": "A basket",
        "receipt": "file_1",
        "uncategorized_file": "file_2",
    }
