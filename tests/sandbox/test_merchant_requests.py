"""What a merchant asks of the provider, once, twice, too much, or without an answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from sandbox.models import Event, Payout, Refund, Session
from sandbox.rules import PAYOUT_TAKES, REFUND_TAKES, RETURN_TAKES
from sandbox.services import (
    SandboxError,
    create_payout,
    create_refund,
    expire_session,
    find_payout,
    find_refund,
    find_session,
    get_payout,
    get_refund,
    get_session,
    pay_session,
    run_bank,
)
from tests.sandbox.merchant import NOW, new_session

WEBHOOK = "http://127.0.0.1:9/webhooks/sandbox/"
pytestmark = pytest.mark.django_db


def paid_session(**changes: Any) -> str:
    session = new_session(**changes)
    pay_session(session_id=session.id, card_number="4242424242424242", now=NOW)
    return get_session(session.id).charge_id


def refund(charge_id: str, amount: int, *, key: str = "refund:1", **changes: Any) -> str:
    fields = {
        "idempotency_key": key,
        "charge_id": charge_id,
        "amount": amount,
        "currency": "JPY",
        "webhook_url": WEBHOOK,
        "metadata": {},
    }
    return create_refund(**{**fields, **changes}).id


def payout(destination: Any, *, key: str = "payout:1", **changes: Any) -> str:
    fields = {
        "idempotency_key": key,
        "destination": destination,
        "amount": 1_000_000,
        "currency": "VND",
        "webhook_url": WEBHOOK,
        "metadata": {},
    }
    return create_payout(**{**fields, **changes}).id


def test_a_session_is_open_and_has_a_page() -> None:
    session = new_session()
    assert session.status == "open"
    assert session.url.endswith(f"/sandbox/pay/{session.id}/")
    assert (session.charge_id, session.failure) == ("", "")
    assert get_session(session.id) == session == find_session(idempotency_key="pay:1")


def test_the_same_request_is_the_same_session() -> None:
    first = new_session()
    assert new_session() == first
    assert Session.objects.count() == 1


def test_the_key_of_another_request_is_refused() -> None:
    new_session()
    with pytest.raises(SandboxError) as refused:
        new_session(amount=1)
    assert (refused.value.code, refused.value.definitive) == ("key_reused", True)
    assert Session.objects.get().amount == 12345


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 0}, "bad_amount"),
        ({"amount": -5}, "bad_amount"),
        ({"amount": 1.5}, "bad_amount"),
        ({"currency": "XXX"}, "unknown_currency"),
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(SandboxError) as refused:
        new_session(**changes)
    assert refused.value.code == code
    assert not Session.objects.exists()


def test_an_answer_that_never_came_is_found_by_its_key() -> None:
    with pytest.raises(SandboxError) as lost:
        new_session(metadata={"fault": "timeout_before"})
    assert not lost.value.definitive
    assert find_session(idempotency_key="pay:1") is None
    with pytest.raises(SandboxError) as lost:
        new_session(metadata={"fault": "timeout_after"})
    assert not lost.value.definitive
    found = find_session(idempotency_key="pay:1")
    assert found is not None
    assert new_session(metadata={"fault": "timeout_after"}).id == found.id


def test_an_answer_is_lost_where_the_address_or_the_account_asks_for_it() -> None:
    with pytest.raises(SandboxError) as lost:
        new_session(email="lost-answer@example.com")
    assert not lost.value.definitive
    assert find_session(idempotency_key="pay:1") is not None
    with pytest.raises(SandboxError) as lost:
        payout({"account": "lost-1"})
    assert not lost.value.definitive
    found = find_payout(idempotency_key="payout:1")
    assert found is not None
    assert payout({"account": "lost-1"}) == found.id
    run_bank(now=Payout.objects.get().created_at + RETURN_TAKES)
    assert get_payout(found.id).status == "paid"


def test_an_expired_session_stays_expired_and_a_paid_one_paid() -> None:
    session = new_session()
    assert expire_session(session.id, now=NOW).status == "expired"
    assert expire_session(session.id, now=NOW).status == "expired"
    assert Event.objects.filter(kind="session.expired").count() == 1
    other = new_session(idempotency_key="pay:2")
    pay_session(session_id=other.id, card_number="4242424242424242", now=NOW)
    assert expire_session(other.id, now=NOW).status == "paid"


def test_unknown_objects() -> None:
    for ask in (get_session, get_refund, get_payout, expire_session):
        with pytest.raises(SandboxError):
            ask("nothing")
    assert find_refund(idempotency_key="x") is None
    assert find_payout(idempotency_key="x") is None


def test_refunds_add_up_to_the_charge_and_not_beyond() -> None:
    charge = paid_session()
    refund(charge, 12000, key="a")
    refund(charge, 345, key="b")
    with pytest.raises(SandboxError) as refused:
        refund(charge, 1, key="c")
    assert (refused.value.code, refused.value.definitive) == ("over_refund", True)
    assert find_refund(idempotency_key="c") is None
    assert Session.objects.get().refunded_amount == 12345
    assert Refund.objects.count() == 2


def test_a_repeated_refund_takes_once() -> None:
    charge = paid_session()
    assert refund(charge, 10000) == refund(charge, 10000)
    assert Session.objects.get().refunded_amount == 10000
    with pytest.raises(SandboxError) as refused:
        refund(charge, 9999)
    assert refused.value.code == "key_reused"
    assert Session.objects.get().refunded_amount == 10000


def test_a_refund_is_of_a_charge_and_in_its_currency() -> None:
    with pytest.raises(SandboxError, match="no_such_charge"):
        refund("ch_nothing", 1)
    with pytest.raises(SandboxError) as refused:
        refund(paid_session(), 1, currency="EUR")
    assert refused.value.code == "wrong_currency"
    assert not Refund.objects.exists()


def test_a_refund_whose_answer_is_lost_has_happened_once() -> None:
    charge = paid_session()
    faulty: dict[str, Any] = {"metadata": {"fault": "timeout_after"}}
    with pytest.raises(SandboxError) as lost:
        refund(charge, 345, **faulty)
    assert not lost.value.definitive
    found = find_refund(idempotency_key="refund:1")
    assert found is not None
    assert refund(charge, 345, **faulty) == found.id
    assert Session.objects.get().refunded_amount == 345


def test_a_refund_is_paid_by_the_bank_after_a_moment() -> None:
    refund_id = refund(paid_session(), 345)
    created = Refund.objects.get().created_at
    assert get_refund(refund_id).status == "pending"
    run_bank(now=created)
    assert get_refund(refund_id).status == "pending"
    run_bank(now=created + REFUND_TAKES)
    run_bank(now=created + REFUND_TAKES)
    assert get_refund(refund_id).status == "paid"
    assert Event.objects.filter(object_id=refund_id, kind="refund.paid").count() == 1


@pytest.mark.parametrize(
    ("account", "after_a_moment", "in_the_end", "failure"),
    [
        ("VN00 1234", "paid", "paid", ""),
        ("fail-1", "failed", "failed", "account_closed"),
        ("return-1", "paid", "failed", "returned"),
    ],
)
def test_payouts(account: str, after_a_moment: str, in_the_end: str, failure: str) -> None:
    payout_id = payout({"account": account})
    created = Payout.objects.get().created_at
    run_bank(now=created)
    assert get_payout(payout_id).status == "pending"
    run_bank(now=created + PAYOUT_TAKES)
    assert get_payout(payout_id).status == after_a_moment
    for _again in range(2):
        run_bank(now=created + RETURN_TAKES)
    view = get_payout(payout_id)
    assert (view.status, view.failure) == (in_the_end, failure)
    kinds = list(Event.objects.order_by("created_at").values_list("kind", flat=True))
    expected = (
        ["payout.paid", "payout.failed"] if failure == "returned" else [f"payout.{in_the_end}"]
    )
    assert kinds == expected


def test_a_refused_account_and_a_repeated_payout() -> None:
    with pytest.raises(SandboxError) as refused:
        payout({"account": "refuse"})
    assert (refused.value.code, refused.value.definitive) == ("no_such_account", True)
    assert not Payout.objects.exists()
    assert payout({"account": "1"}) == payout({"account": "1"})
    with pytest.raises(SandboxError, match="another request"):
        payout({"account": "2"})
    assert Payout.objects.count() == 1


def test_the_bank_closes_what_nobody_paid_in_time() -> None:
    session = new_session()
    run_bank(now=NOW + timedelta(minutes=14))
    assert get_session(session.id).status == "open"
    run_bank(now=NOW + timedelta(minutes=15))
    assert get_session(session.id).status == "expired"


@pytest.mark.django_db(transaction=True)
def test_many_refunds_at_once_never_exceed_the_charge() -> None:
    charge = paid_session()
    refused: list[str] = []
    barrier = threading.Barrier(6)

    def work(number: int) -> None:
        barrier.wait()
        try:
            refund(charge, 5000, key=f"refund:{number}")
        except SandboxError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["over_refund"] * 4
    assert Session.objects.get().refunded_amount == 10000
    assert Refund.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_request_many_times_at_once_is_one_session() -> None:
    ids: list[str] = []
    barrier = threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        ids.append(new_session().id)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 6
    assert len(set(ids)) == 1
