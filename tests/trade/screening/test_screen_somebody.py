"""Who resembles nobody passes, who resembles somebody waits, and without lists nobody passes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import checks
from pytest_django import Settings as SettingsWrapper

from tests.cast import NOW, make_user
from trade.apps import warn_of_missing_lists
from trade.models import SanctionedParty, SanctionsList, ScreenedBusiness, ScreeningCase
from trade.rules.screening import NameKind
from trade.selectors.screening import screened_businesses
from trade.services.sanctions_lists import import_list, refresh_demo_list
from trade.services.screening import (
    Answer,
    Name,
    Verdict,
    ask,
    buyer_question,
    clear_match,
    confirm_match,
    keep_matches,
    lists_stamp,
    screen_business,
    subject_key,
)
from trade.tasks import refresh_demo_sanctions

pytestmark = pytest.mark.django_db
SDN = (Path(__file__).with_name("files") / "sdn.xml").read_bytes()
KRAVENHOLD = "Zoltan Kravenhold"


@pytest.fixture(autouse=True)
def _lists(settings: SettingsWrapper) -> None:
    settings.SANCTIONS_LISTS = ["demo"]
    settings.SANCTIONS_MAX_AGE_DAYS = 7
    refresh_demo_list(now=NOW)


def buyer(name: str, *, who: str = "z@example.com", now: datetime = NOW) -> Answer:
    return screened([Name(name, NameKind.PERSON)], who=who, now=now)


def screened(names: list[Name], *, who: str, now: datetime = NOW) -> Answer:
    question = buyer_question(names=names, country="FR", who=who)
    return keep_matches(ask([question], now=now))[0]


def test_whoever_resembles_nobody_passes_and_leaves_no_trace() -> None:
    assert buyer("Lucie Martin").verdict == Verdict.CLEAR
    assert not ScreeningCase.objects.exists()


def test_whoever_resembles_somebody_waits_and_is_asked_about_once() -> None:
    first = buyer(KRAVENHOLD)
    assert first.verdict == Verdict.REVIEW
    assert buyer("kravenhold,  ZOLTÁN").verdict == Verdict.REVIEW
    case = ScreeningCase.objects.get(subject_kind="BUYER", entry_ref="DEMO-1", score__gte=99)
    assert case.list_dates == {"demo": "2026-11-24"}
    assert case.explanation["listed"] in {"Zoltán Kravenhold", "Zoltan Kravenhold"}
    assert buyer(KRAVENHOLD).cases == first.cases


def test_names_may_be_in_any_script() -> None:
    assert buyer("يوسف عبدالرحمن التويجي").verdict == Verdict.REVIEW
    company = [Name("Lucie Martin", NameKind.PERSON), Name("Granitresurs", NameKind.COMPANY)]
    assert screened(company, who="l@x.org").verdict == Verdict.REVIEW


def test_a_cleared_buyer_passes_and_its_namesake_does_not() -> None:
    moderator = make_user("m@example.com", is_staff=True)
    for case in buyer(KRAVENHOLD).cases:
        clear_match(case=case, actor=moderator, reason="Born in 1990.", now=NOW)
    assert buyer(KRAVENHOLD).verdict == Verdict.CLEAR
    assert buyer(KRAVENHOLD, who="other@example.com").verdict == Verdict.REVIEW


def test_it_is_asked_about_again_once_the_entry_changes() -> None:
    moderator = make_user("m@example.com", is_staff=True)
    for case in buyer(KRAVENHOLD).cases:
        clear_match(case=case, actor=moderator, reason="Born in 1990.", now=NOW)
    later = NOW + timedelta(days=1)
    made = refresh_demo_list(now=later)
    assert buyer(KRAVENHOLD, now=later).verdict == Verdict.CLEAR
    made.parties.filter(ref="DEMO-1").update(digest="another")
    SanctionsList.objects.filter(pk=made.pk).update(is_current=False)
    copy = SanctionsList.objects.create(
        source="demo", published_on=later.date(), imported_at=later, entries=1, digest="x"
    )
    SanctionedParty.objects.filter(edition=made).update(edition=copy)
    assert buyer(KRAVENHOLD, now=later).verdict == Verdict.REVIEW


def test_a_confirmed_one_stays_outside() -> None:
    moderator = make_user("m@example.com", is_staff=True)
    for case in buyer(KRAVENHOLD).cases:
        confirm_match(case=case, actor=moderator, reason="Same address.", now=NOW)
    assert buyer(KRAVENHOLD).verdict == Verdict.REVIEW


def test_a_stale_list_closes_for_everybody() -> None:
    last = NOW + timedelta(days=7)
    assert buyer("Lucie Martin", now=last).verdict == Verdict.CLEAR
    assert buyer("Lucie Martin", now=last + timedelta(seconds=1)).verdict == Verdict.CLOSED
    assert not ScreeningCase.objects.exists()


def test_a_missing_list_closes_for_everybody(settings: SettingsWrapper) -> None:
    settings.SANCTIONS_LISTS = ["demo", "ofac"]
    assert buyer("Lucie Martin").verdict == Verdict.CLOSED
    import_list(source="ofac", content=SDN, now=NOW)
    assert buyer("Lucie Martin").verdict == Verdict.CLEAR
    assert buyer("Khaled Marzouqi").verdict == Verdict.REVIEW


def test_a_business_is_known_to_be_screened_until_it_or_a_list_changes() -> None:
    ref, names = uuid.uuid4(), [Name("Kente House"), Name("Ama Mensah", NameKind.PERSON)]

    def is_screened(names: list[Name]) -> bool:
        known = screened_businesses(lists=lists_stamp(now=NOW))
        return known.get(ref) == subject_key(names, "GH", ref)

    assert not is_screened(names)
    answer = screen_business(business_ref=ref, names=names, country="GH", now=NOW)
    assert answer.verdict == Verdict.CLEAR
    assert is_screened(names)
    assert not is_screened([Name("Kestrelmoor")])
    refresh_demo_list(now=NOW + timedelta(days=1))
    assert not is_screened(names)
    assert ScreenedBusiness.objects.count() == 1


def test_the_demo_list_is_kept_fresh_by_beat_and_only_where_it_is_asked(
    settings: SettingsWrapper,
) -> None:
    SanctionsList.objects.all().delete()
    settings.SANCTIONS_LISTS = ["ofac"]
    refresh_demo_sanctions()
    assert not SanctionsList.objects.exists()
    settings.SANCTIONS_LISTS = ["demo"]
    refresh_demo_sanctions()
    assert SanctionsList.objects.get().source == "demo"


def test_django_says_which_list_is_missing(settings: SettingsWrapper) -> None:
    settings.DEMO = False
    settings.SANCTIONS_LISTS = ["un", "eu"]
    [message] = warn_of_missing_lists(databases=["default"])
    assert isinstance(message, checks.Warning)
    assert "un, eu" in message.msg
    settings.SANCTIONS_LISTS = ["demo"]
    SanctionsList.objects.update(imported_at=datetime.now(NOW.tzinfo))
    assert warn_of_missing_lists(databases=["default"]) == []
    assert warn_of_missing_lists(databases=None) == []
