"""A moderator sees whom somebody resembles, why and by which list, and decides with a reason."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from accounts.models import AuditEntry, User
from common.states import TransitionError
from tests.cast import NOW, make_user
from trade.models import ScreeningCase
from trade.rules.screening import NameKind
from trade.services.sanctions_lists import refresh_demo_list
from trade.services.screening import Name, ask, buyer_question, clear_match, keep_matches
from trade.states import ScreeningState

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator() -> User:
    return make_user("moderator@example.com", is_staff=True)


@pytest.fixture
def case(settings: SettingsWrapper) -> ScreeningCase:
    settings.SANCTIONS_LISTS = ["demo"]
    refresh_demo_list(now=NOW)
    names = [Name("Zoltan Krawenhold", NameKind.PERSON)]
    question = buyer_question(names=names, country="AT", who="z@example.com")
    return keep_matches(ask([question], now=NOW))[0].cases[0]


def address(case: ScreeningCase) -> str:
    return reverse("admin:trade_screeningcase_change", args=[case.pk])


def test_the_queue_and_the_page_say_why(
    client: Client, moderator: User, case: ScreeningCase
) -> None:
    client.force_login(moderator)
    queue = client.get(reverse("admin:trade_screeningcase_changelist")).content.decode()
    assert "Zoltan Krawenhold" in queue
    assert "Sanctions matches" in queue
    page = client.get(address(case)).content.decode()
    assert "DEMO 2026-11-24" in page
    assert "another spelling of" in page
    assert "Compared in Latin letters: Zoltan Krawenhold with Zoltán Kravenhold." in page
    assert "The country differs: Austria here, France, Hungary on the list." in page
    assert "The Collector (weak alias)" in page


def test_the_lists_are_shown_with_their_dates(
    client: Client, moderator: User, case: ScreeningCase
) -> None:
    client.force_login(moderator)
    page = client.get(reverse("admin:trade_sanctionslist_changelist")).content.decode()
    assert "Nov. 24, 2026" in page
    assert client.get(reverse("admin:trade_sanctionslist_add")).status_code == 403


@pytest.mark.parametrize(("name", "state"), [("clear", "CLEARED"), ("confirm", "CONFIRMED")])
def test_a_decision_needs_a_reason_and_is_written_down(
    client: Client, moderator: User, case: ScreeningCase, name: str, state: str
) -> None:
    client.force_login(moderator)
    there = reverse(f"admin:trade_screeningcase_{name}", args=[case.pk])
    assert client.post(there, {"reason": " "}).status_code == 422
    case.refresh_from_db()
    assert case.state == ScreeningState.OPEN
    assert client.post(there, {"reason": "I compared passports."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.decided_by, case.reason) == (state, moderator, "I compared passports.")
    entry = AuditEntry.objects.get(target_id=str(case.pk))
    assert (entry.actor, entry.reason) == (moderator, "I compared passports.")
    assert "Krawenhold" not in entry.target_label


def test_nobody_else_may_look_or_decide(client: Client, case: ScreeningCase) -> None:
    client.force_login(make_user("somebody@example.com"))
    there = reverse("admin:trade_screeningcase_clear", args=[case.pk])
    assert client.get(address(case)).status_code == 302
    assert client.post(there, {"reason": "Mine."}).status_code == 302
    case.refresh_from_db()
    assert case.state == ScreeningState.OPEN


def test_two_moderators_do_not_decide_twice(moderator: User, case: ScreeningCase) -> None:
    stale = ScreeningCase.objects.get(pk=case.pk)
    clear_match(case=case, actor=moderator, reason="Another person.", now=NOW)
    with pytest.raises(TransitionError):
        clear_match(case=stale, actor=moderator, reason="Late.", now=NOW)
    case.refresh_from_db()
    assert case.reason == "Another person."
