"""Moderators add and end rows; quotes follow, the shipped files and old rows stay as they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from datetime import UTC
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEntry, User
from tests.trade.parcels import parcel, sums
from trade.models import RulebookChange
from trade.rules import Certainty, RulebookError, landed_cost, parse_rulebook
from trade.selectors import get_rulebook, shipped_rulebook
from trade.selectors.rulebook import amended_rulebook, forget_rulebook
from trade.services.rulebook import add_row, end_row

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = NOW.date()

TAX_21 = """
id = "gb-vat-21"
kind = "tax"
name = "VAT"
rate = "21%"
valid_from = 2027-01-01
legal_ref = "Finance Act 2027"
source = "gov.uk"
checked_on = 2026-11-24
confidence = "high"
"""


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    forget_rulebook()
    with time_machine.travel(NOW, tick=False):
        yield
    forget_rulebook()


@pytest.fixture
def moderator(client: Client) -> User:
    user = User.objects.create_superuser(email="mod@example.com", password="a long password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Iterator[None]:
    with django_capture_on_commit_callbacks(execute=True):
        yield


def vat(on: str) -> str:
    return sums(landed_cost(parcel("GB", on, ("610910", "100")), get_rulebook()))[1]


def act(actor: User, capture: DjangoCaptureOnCommitCallbacks) -> None:
    """The rate of 20 % ends with the year, 21 % begin."""
    with capture(execute=True):
        end_row(
            row_id="gb-vat-20",
            valid_to=datetime.date(2026, 12, 31),
            reason="Finance Act 2027",
            actor=actor,
            now=NOW,
        )
    with capture(execute=True):
        add_row(book="gb", text=TAX_21, reason="Finance Act 2027", actor=actor, now=NOW)


def test_a_rate_ends_and_another_begins(
    moderator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    act(moderator, django_capture_on_commit_callbacks)
    assert (vat("2026-12-31"), vat("2027-01-01")) == ("20.00", "21.00")
    row = shipped_rulebook().row("gb-vat-20")
    assert row is not None
    assert row.valid_to is None
    assert [change.action for change in RulebookChange.objects.order_by("pk")] == ["END", "ADD"]
    assert AuditEntry.objects.filter(action="add_rulebook_row", actor=moderator).exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TAX_21, "could both decide"),  # gb-vat-20 has no end yet
        (TAX_21.replace('source = "gov.uk"\n', ""), "source is missing"),
        (TAX_21.replace("2027-01-01", "2026-01-01").replace('"VAT"', '"X"'), "could both|today"),
        (TAX_21.replace("gb-vat-21", "gb-vat-20"), "is there already"),
        ("nonsense", "not TOML"),
        ("row = [1]", "table of words"),
        ('[[row]]\nid="a"\n[[row]]\nid="b"', "one row at a time"),
        (TAX_21.replace('"21%"', '"21"'), "percentage"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_and_nothing_changes(
    moderator: User, text: str, why: str
) -> None:
    with pytest.raises(RulebookError, match=why):
        add_row(book="gb", text=text, reason="x", actor=moderator, now=NOW)
    assert not RulebookChange.objects.exists()
    assert vat("2027-01-01") == "20.00"


@pytest.mark.parametrize(
    ("row_id", "day", "why"),
    [
        ("no-such-row", "2027-01-01", "there is no row"),
        ("gb-vat-20", "2026-11-23", "end of today"),
        ("eu-flat-3", "2028-06-30", "already"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(
    moderator: User, row_id: str, day: str, why: str
) -> None:
    with pytest.raises(RulebookError, match=why):
        end_row(
            row_id=row_id,
            valid_to=datetime.date.fromisoformat(day),
            reason="x",
            actor=moderator,
            now=NOW,
        )
    assert not RulebookChange.objects.exists()


def test_an_ended_row_leaves_the_answer_unknown_and_never_zero(
    moderator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        end_row(row_id="gb-vat-20", valid_to=TODAY, reason="x", actor=moderator, now=NOW)
    answer = landed_cost(parcel("GB", "2026-11-25", ("610910", "100")), get_rulebook())
    assert answer.certainty is Certainty.UNKNOWN


def test_a_change_that_no_longer_fits_is_told_and_the_market_goes_on() -> None:
    RulebookChange.objects.create(
        action="ADD", book="gb", row_id="gb-vat-21", content={"text": TAX_21}, reason="x", at=NOW
    )
    forget_rulebook()
    [(change, problem)] = amended_rulebook().problems
    assert "could both decide" in problem
    assert change.row_id == "gb-vat-21"
    assert vat("2027-01-01") == "20.00"
    out = StringIO()
    with pytest.raises(CommandError, match="1 changes don't fit"):
        call_command("rulebook", "check", stdout=out)
    assert "gb-vat-21 is left out" in out.getvalue()


def test_a_change_without_words_is_left_out() -> None:
    RulebookChange.objects.create(
        action="ADD", book="gb", row_id="gb-x", content={"text": 1}, reason="x", at=NOW
    )
    forget_rulebook()
    [(_, problem)] = amended_rulebook().problems
    assert "has no words" in problem


def test_a_row_past_its_check_makes_an_estimate() -> None:
    row = shipped_rulebook().row("eu-flat-3")
    assert row is not None
    assert row.recheck_by is not None
    before, after = row.recheck_by, row.recheck_by + datetime.timedelta(days=1)
    assert row.certainty(before) is Certainty.GUARANTEED
    assert row.certainty(after) is Certainty.ESTIMATE


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("commits", "moderator")
def test_the_page_adds_a_row(client: Client) -> None:
    end = reverse("admin:trade_rulebookchange_end_a_row")
    answer = client.post(
        end, {"row_id": "gb-vat-20", "last_day": "2026-12-31", "reason": "Finance Act"}
    )
    assert answer.status_code == 302
    forget_rulebook()
    add = reverse("admin:trade_rulebookchange_add")
    answer = client.post(add, {"book": "gb", "text": TAX_21, "reason": "Finance Act"})
    assert answer.status_code == 302
    assert RulebookChange.objects.count() == 2
    page = client.get(reverse("admin:trade_rulebookchange_changelist")).content.decode()
    assert "gb-vat-21" in page
    rows = client.get(reverse("admin:trade_rulebookchange_rows"), {"book": "gb"}).content.decode()
    assert "gb-duty" in rows or "gb-import" in rows


@pytest.mark.usefixtures("moderator")
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client: Client) -> None:
    add = reverse("admin:trade_rulebookchange_add")
    answer = client.post(add, {"book": "gb", "text": TAX_21, "reason": "Finance Act"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "could both decide" in page
    assert "Finance Act 2027" in page
    assert not RulebookChange.objects.exists()


@pytest.mark.usefixtures("moderator")
def test_rows_are_found_by_id_law_and_words_in_all_books(client: Client) -> None:
    page = reverse("admin:trade_rulebookchange_rows")

    def found(**asked: str) -> str:
        return client.get(page, asked).content.decode().rpartition("</form>")[2]

    everywhere = found(q="section 301 japan")
    assert "us-" in everywhere
    assert "gb-vat-20" not in everywhere
    assert "gb-vat-20" in found(q="GB-VAT-20")
    assert "gb-vat-20" in found(q="value added tax act", book="gb")
    assert "gb-vat-20" not in found(q="gb-vat-20", book="jp")
    assert "0 rows" in found(q="no such words anywhere")
    assert "look for words to see fewer" in found(book="", q="a")


def test_the_history_is_closed_to_everybody_else(client: Client) -> None:
    user = User.objects.create_user(email="x@example.com", password="a long password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("changelist", "add", "rows", "end_a_row"):
        assert client.get(reverse(f"admin:trade_rulebookchange_{name}")).status_code in {302, 403}


# --- the command ----------------------------------------------------------------------------------


def run(*words: str) -> str:
    out = StringIO()
    call_command("rulebook", *words, stdout=out)
    return out.getvalue()


def test_check_counts() -> None:
    assert "for 53 destinations: no problem" in run("check")


def test_diff_tells_what_begins_and_what_ends() -> None:
    text = run("diff", "2026-06-30", "2026-07-01", "--destination", "de")
    assert "2026-07-01 + European Union: duty eu-flat-3" in text
    assert "2026-07-01 - European Union: relief eu-relief-150" in text
    assert "fee eu-fee-FR-2026" not in text  # France's own
    assert (
        run("diff", "2026-07-01", "2026-07-01").strip()
        == "0 changes from 2026-07-01 to 2026-07-01."
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("diff", "2026-07-02", "2026-07-01"), "before the first"),
        (("diff", "2026-07-01", "tomorrow"), "not a date"),
        (("diff", "2026-06-30", "2026-07-01", "--destination", "QQ"), "no book for QQ"),
        (("stale", "--on", "2026-11-24"), "past the day"),
    ],
)
def test_the_command_refuses_in_one_line(words: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run(*words)


def test_nothing_is_stale_long_ago() -> None:
    assert "Nothing is overdue on 2025-01-01" in run("stale", "--on", "2025-01-01")


# --- gaps -----------------------------------------------------------------------------------------


def test_a_gap_between_two_periods_is_refused_unless_it_is_meant() -> None:
    import_row = {
        "id": "t-import", "kind": "import", "name": "Import", "collector": "carrier",
        "duty_base": "cif", "tax_delivery": True, "duty_slots": ["base"], "tax_slots": ["main"],
    }  # fmt: skip
    border = {"id": "t-home", "kind": "no_border", "name": "Home", "inside": ["US"]}
    about = {"legal_ref": "Law", "source": "Gazette", "confidence": "high"}
    first, last = datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)

    def book(begin: datetime.date, **more: str) -> dict[str, object]:
        old = {"id": "t-old", "kind": "duty", "rate": "5%", "valid_from": first, "valid_to": last}
        new = {"id": "t-new", "kind": "duty", "rate": "6%", "valid_from": begin, **more}
        rows = [{"valid_from": first, **row, **about} for row in (border, import_row, old, new)]
        return {
            "name": "T", "checked_on": TODAY, "currencies": {"US": "USD"}, "row": rows
        }  # fmt: skip

    parse_rulebook({"t": book(datetime.date(2021, 1, 1))})
    with pytest.raises(RulebookError, match=r"no row between t-old \(to 2020-12-31\) and t-new"):
        parse_rulebook({"t": book(datetime.date(2021, 1, 2))})
    parse_rulebook({"t": book(datetime.date(2021, 1, 2), after_gap="suspended for a day")})
