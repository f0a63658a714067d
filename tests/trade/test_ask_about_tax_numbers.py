"""A tax number counts once its authority has said so; every other answer, and silence, is none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings as SettingsWrapper

from notifications.models import Notice
from tests.cast import NOW, make_user
from tests.trade.register import ATELIER, Register, known, refusal, register, unknown
from trade.gateways import vies
from trade.models import TaxNumberCheck
from trade.rules.values import Buyer
from trade.selectors.tax_numbers import buyer_kind
from trade.services.tax_numbers import (
    Claimant,
    ask_again,
    claim_number,
    find_out,
    refuse_number,
)
from trade.states import TaxNumberState

__all__ = ["register"]

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)


def kind(at: Any = NOW) -> Buyer:
    return buyer_kind(country="FR", number=ATELIER, now=at)


def ask(now: Any = NOW) -> TaxNumberCheck | None:
    return find_out(country="FR", number=ATELIER, now=now)


def claim(email: str = "guest@example.org") -> None:
    claimant = Claimant(user=None, email=email, language="en", business_name="Atelier Martin")
    claim_number(
        country="FR",
        number=ATELIER,
        claimant=claimant,
        purchase_ref=None,
        counted=False,
        now=NOW,
    )


def ask_vies(register: Register, **more: Any) -> vies.Answer:
    return vies.ask(ATELIER, **{"url": register.url, "requester": "", "seconds": 2.0, **more})


def test_a_confirmed_number_counts_and_is_kept_with_what_the_register_says(
    register: Register,
) -> None:
    register.answer = known(ATELIER)
    check = ask()
    assert check is not None
    assert register.asked == [
        ("/check-vat-number", {"countryCode": "FR", "vatNumber": ATELIER[2:]})
    ]
    assert (check.state, check.source) == ("CONFIRMED", "vies")
    assert check.authority_name == "SA SOCIETE DU REGISTRE"
    assert check.expires_at == NOW + timedelta(days=90)
    assert kind() is Buyer.BUSINESS
    assert ask() == check
    assert len(register.asked) == 1, "a known answer is not asked for again"


def test_with_our_own_number_the_answer_proves_that_we_asked(
    register: Register, settings: SettingsWrapper
) -> None:
    settings.VIES_REQUESTER = "DE136695976"
    register.answer = known(ATELIER, requestIdentifier="WAPIAAAAW1")
    check = ask()
    assert check is not None
    assert check.consultation_ref == "WAPIAAAAW1"
    assert register.asked[0][1] == {
        "countryCode": "FR",
        "vatNumber": ATELIER[2:],
        "requesterMemberStateCode": "DE",
        "requesterNumber": "136695976",
    }


def test_an_unknown_number_is_refused_and_asked_again_the_next_day(register: Register) -> None:
    register.answer = unknown(ATELIER)
    check = ask()
    assert check is not None
    assert (check.state, check.authority_name, check.authority_address) == ("REFUSED", "", "")
    assert kind() is Buyer.PRIVATE
    register.answer = known(ATELIER)
    assert ask(NOW + timedelta(hours=23)) == check
    tomorrow = NOW + timedelta(days=1)
    again = ask(tomorrow)
    assert again is not None
    assert again != check
    assert kind(tomorrow) is Buyer.BUSINESS
    check.refresh_from_db()
    assert (check.state, check.is_current) == ("REFUSED", False), "the old answer stays as proof"


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (refusal("MS_UNAVAILABLE"), 200, "MS_UNAVAILABLE"),
        (refusal("MS_MAX_CONCURRENT_REQ"), 500, "MS_MAX_CONCURRENT_REQ"),
        (refusal("INVALID_INPUT"), 400, "INVALID_INPUT"),
        ({"actionSucceed": False}, 200, "NO_ANSWER"),
        ({**known(ATELIER), **refusal("SERVICE_UNAVAILABLE")}, 200, "SERVICE_UNAVAILABLE"),
        ({**known(ATELIER), "valid": "true"}, 200, "NO_ANSWER"),
        ({**known(ATELIER), "valid": None}, 200, "NO_ANSWER"),
        ({**known(ATELIER), "vatNumber": "83404833048"}, 200, "OTHER_NUMBER"),
        (known(ATELIER), 503, "the source answered 503"),
        ([known(ATELIER)], 200, "the answer has another shape"),
        (b"<html>", 200, "the answer is no JSON"),
        (b" " * 200_000, 200, "the answer is too long"),
    ],
)
def test_nothing_else_is_an_answer(register: Register, answer: Any, status: int, word: str) -> None:
    register.answer, register.status = answer, status
    assert ask_vies(register) == vies.Answer(TaxNumberState.UNANSWERED, word=word)
    assert ask() is None
    assert kind() is Buyer.PRIVATE
    assert not TaxNumberCheck.objects.exists(), "of a guest who only types nothing is kept"


def test_silence_redirects_and_a_closed_door_are_no_answers(register: Register) -> None:
    register.answer, register.waits = known(ATELIER), 0.6
    assert ask_vies(register, seconds=0.2).outcome == TaxNumberState.UNANSWERED
    register.waits, register.status = 0, 302
    register.headers = {"Location": f"{register.url}/elsewhere"}
    assert ask_vies(register).word == "the source answered 302"
    assert ask_vies(register, url="http://127.0.0.1:1").outcome == TaxNumberState.UNANSWERED
    assert ask_vies(register, url="http://vies.example").outcome == TaxNumberState.UNANSWERED


def test_an_authority_out_of_order_keeps_nobody_elses_checkout_waiting(register: Register) -> None:
    register.answer = refusal("MS_UNAVAILABLE")
    ask()
    ask()
    assert len(register.asked) == 1
    find_out(country="DE", number="DE136695976", now=NOW)
    assert len(register.asked) == 2, "another state's office may be open"


def test_off_means_that_nothing_leaves_this_machine(
    register: Register, settings: SettingsWrapper
) -> None:
    settings.TAX_NUMBER_CHECK = "off"
    register.answer = known(ATELIER)
    claim()
    check = ask()
    assert check is not None
    assert check.state == "UNANSWERED"
    assert ask_again(now=LATER) == 0
    assert register.asked == []


def test_a_country_without_such_a_register_is_not_asked_about(register: Register) -> None:
    assert find_out(country="GB", number="GB980780684", now=NOW) is None
    assert register.asked == []


def test_the_sweep_asks_until_there_is_an_answer_and_tells_whoever_waits(
    register: Register,
) -> None:
    register.answer = refusal("MS_UNAVAILABLE")
    claim()
    claim("second@example.org")
    assert ask_again(now=NOW) == 1
    check = TaxNumberCheck.objects.get()
    assert (check.state, check.attempts, check.last_word) == ("UNANSWERED", 1, "MS_UNAVAILABLE")
    assert ask_again(now=NOW + timedelta(minutes=1)) == 0, "not before its pause is over"
    assert ask_again(now=NOW + timedelta(minutes=2)) == 1
    assert ask_again(now=NOW + timedelta(minutes=5)) == 0, "the pause has doubled"
    register.answer = known(ATELIER)
    assert ask_again(now=LATER) == 1
    assert kind(LATER) is Buyer.BUSINESS
    notices = Notice.objects.order_by("email")
    assert [notice.email for notice in notices] == ["guest@example.org", "second@example.org"]
    for notice in notices:
        assert ATELIER in notice.subject
        assert "REGISTRE" not in notice.text, "what the register says is nobody's to read"
    assert ask_again(now=LATER) == 0


def test_a_moderators_refusal_outlives_the_register(register: Register) -> None:
    claim()
    check = TaxNumberCheck.objects.get()
    mira = make_user("mira@example.com", is_staff=True)
    refuse_number(check=check, actor=mira, reason="Borrowed from another firm.", now=NOW)
    register.answer = known(ATELIER)
    much_later = NOW + timedelta(days=400)
    ask(much_later)
    assert ask_again(now=much_later) == 0
    assert kind(much_later) is Buyer.PRIVATE
    assert register.asked == []


def test_a_moderator_who_decides_while_the_register_is_asked_is_not_overruled(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim()
    mira = make_user("mira@example.com", is_staff=True)
    register.answer = known(ATELIER)
    say = vies.ask

    def slow(*args: Any, **kwargs: Any) -> vies.Answer:
        check = TaxNumberCheck.objects.get()
        refuse_number(check=check, actor=mira, reason="Not theirs.", now=NOW)
        return say(*args, **kwargs)

    monkeypatch.setattr(vies, "ask", slow)
    ask()
    assert TaxNumberCheck.objects.get().state == "REFUSED"
    assert kind() is Buyer.PRIVATE


def test_an_answer_ends(register: Register, settings: SettingsWrapper) -> None:
    settings.TAX_NUMBER_DAYS = 30
    register.answer = known(ATELIER)
    ask()
    assert kind(NOW + timedelta(days=30) - timedelta(seconds=1)) is Buyer.BUSINESS
    assert kind(NOW + timedelta(days=30)) is Buyer.PRIVATE


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "MAYBE"},
        {"state": "CONFIRMED"},
        {"state": "CONFIRMED", "source": "vies", "decided_at": NOW},
        {"state": "REFUSED", "source": "moderator", "decided_at": NOW},
    ],
)
def test_the_database_keeps_no_answer_that_nobody_gave(broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxNumberCheck.objects.create(country="FR", number=ATELIER, **broken)
