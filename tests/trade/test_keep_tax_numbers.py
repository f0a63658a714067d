"""Numbers are added and ended by who may, never changed, and decide who collects."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from accounts.models import AuditEntry
from common.states import TransitionError
from marketplace.demo.numbers import join_every_scheme
from tests.cast import NOW
from trade.apps import warn_of_missing_numbers
from trade.models import Registration
from trade.rules.registrations import NumberKind
from trade.rules.rows import Scheme
from trade.rules.values import Channel
from trade.selectors import shipped_rulebook
from trade.selectors.registrations import (
    numbers_of,
    platform_schemes,
    scheme_returns,
    scheme_standings,
    schemes_for,
    tax_standing,
)
from trade.services.registrations import (
    EndError,
    NewNumber,
    RegistrationError,
    add_registration,
    end_registration,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SELLER = uuid.UUID(int=7)


def add(
    number: str = "IM3720001234",
    *,
    kind: NumberKind = NumberKind.IOSS,
    country: str = "EU",
    owner: uuid.UUID | None = None,
    since: date = date(2026, 1, 1),
    until: date | None = None,
) -> Registration:
    return add_registration(
        owner_ref=owner,
        new=NewNumber(kind=kind, country=country, number=number, valid_from=since, valid_to=until),
        reason="The letter of 5 January",
        actor=None,
        now=NOW,
    )


def test_a_number_joins_its_scheme_from_its_first_day() -> None:
    row = add()
    assert row.scheme == "ioss"
    assert platform_schemes(on=TODAY) == {"ioss": "IM3720001234"}
    assert platform_schemes(on=date(2025, 12, 31)) == {}
    entry = AuditEntry.objects.get(action="add_registration")
    assert "IM3720001234" not in str(entry.after)


def test_a_wrong_number_leaves_nothing_behind() -> None:
    with pytest.raises(RegistrationError) as refused:
        add("GB980780683", kind=NumberKind.VAT, country="GB")
    assert refused.value.code == "check"
    assert not Registration.objects.exists()
    assert not AuditEntry.objects.filter(action="add_registration").exists()


def test_one_number_at_a_time_joins_a_scheme() -> None:
    add("300000000001", kind=NumberKind.ARN, country="AU", until=date(2026, 6, 30))
    with pytest.raises(RegistrationError) as refused:
        add("83914571673", kind=NumberKind.GST, country="AU", since=date(2026, 6, 30))
    assert refused.value.code == "overlaps"
    add("83914571673", kind=NumberKind.GST, country="AU", since=date(2026, 7, 1))
    assert platform_schemes(on=date(2026, 6, 30)) == {"au-gst": "300000000001"}
    assert platform_schemes(on=date(2026, 7, 1)) == {"au-gst": "83914571673"}
    # What a seller has is another matter.
    add("83914571673", kind=NumberKind.GST, country="AU", owner=SELLER)


def test_a_number_is_ended_once_and_holds_to_its_last_day() -> None:
    row = add()
    last = TODAY + timedelta(days=6)
    ended = end_registration(registration=row, last_day=last, reason="Left", actor=None, now=NOW)
    assert platform_schemes(on=last)
    assert not platform_schemes(on=last + timedelta(days=1))
    with pytest.raises(TransitionError):
        end_registration(registration=ended, last_day=last, reason="", actor=None, now=NOW)


def test_what_was_sold_under_a_number_can_not_be_unsold() -> None:
    row = add()
    with pytest.raises(EndError):
        end_registration(
            registration=row, last_day=TODAY - timedelta(days=2), reason="", actor=None, now=NOW
        )
    row.refresh_from_db()
    assert row.valid_to is None


def test_one_that_has_not_begun_is_withdrawn() -> None:
    row = add(since=TODAY + timedelta(days=10))
    end_registration(registration=row, last_day=TODAY, reason="Typing error", actor=None, now=NOW)
    row.refresh_from_db()
    assert row.is_withdrawn
    add("IM3720009999", since=TODAY + timedelta(days=5))


@pytest.mark.parametrize("change", [{"number": "IM3720009999"}, {"valid_from": date(2020, 1, 1)}])
def test_the_database_keeps_a_number_as_it_was(change: dict[str, object]) -> None:
    row = add()
    with pytest.raises(DatabaseError), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    row.refresh_from_db()
    assert (row.number, row.valid_from) == ("IM3720001234", date(2026, 1, 1))


def test_the_rulebook_says_which_schemes_a_destination_has() -> None:
    for destination, key in (
        *(("DE", "ioss"), ("FR", "ioss"), ("GB", "gb-vat"), ("AU", "au-gst"), ("NZ", "nz-gst")),
        *(("SG", "sg-gst"), ("NO", "voec"), ("CH", "ch-vat")),
    ):
        found = schemes_for(destination=destination, on=TODAY, channels=[Channel.MARKETPLACE])
        assert found == {key}
        assert scheme_returns()[key].key == key


def test_every_scheme_of_the_rulebook_can_be_declared() -> None:
    """What a platform takes under a scheme must come out of some report."""
    keys = {
        row.effect.key
        for book in shipped_rulebook().books
        for row in book.rows
        if isinstance(row.effect, Scheme)
    }
    assert keys == set(scheme_returns())
    for one in scheme_returns().values():
        assert one.authority
        assert one.due
        assert one.source


def test_a_destination_without_a_scheme_asks_for_no_number() -> None:
    assert tax_standing(destination="JP", owner_refs=[], on=TODAY).scheme
    assert not tax_standing(destination="DE", owner_refs=[], on=TODAY).scheme
    add()
    assert tax_standing(destination="DE", owner_refs=[], on=TODAY).scheme
    assert not tax_standing(destination="NO", owner_refs=[], on=TODAY).scheme


def test_a_sellers_number_is_its_own() -> None:
    add("2021234", kind=NumberKind.VOEC, country="NO", owner=SELLER)
    other = uuid.UUID(int=8)
    norway = tax_standing(destination="NO", owner_refs=[SELLER, other], on=TODAY)
    assert norway.registered == {SELLER}
    assert not norway.scheme
    assert [one.number for one in numbers_of(owner_ref=SELLER, on=TODAY)] == ["2021234"]
    assert numbers_of(owner_ref=other, on=TODAY) == []


def test_customs_alone_is_told_an_ioss_number() -> None:
    add()
    add("GB980780684000", kind=NumberKind.EORI, country="GB")
    printed = [
        one.kind for one in numbers_of(owner_ref=None, on=TODAY) if not one.is_electronic_only
    ]
    assert printed == [NumberKind.EORI]


def test_the_demo_has_joined_every_scheme() -> None:
    assert join_every_scheme(now=NOW) == len(scheme_standings(on=TODAY)) > 0
    assert join_every_scheme(now=NOW) == 0
    assert all(one.held for one in scheme_standings(on=TODAY))


def test_the_operator_is_told_of_schemes_without_a_number(settings: Settings) -> None:
    settings.DEMO = False
    (warning,) = warn_of_missing_numbers(databases=["default"])
    assert warning.id == "trade.W001"
    assert "ioss" in warning.msg
    join_every_scheme(now=NOW)
    assert warn_of_missing_numbers(databases=["default"]) == []
