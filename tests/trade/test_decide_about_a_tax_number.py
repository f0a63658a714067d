"""A moderator looks a buyer's number up and says yes or no, with a reason; the buyer hears of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from common.states import TransitionError
from notifications.models import Notice
from tests.cast import NOW, make_user
from trade.models import TaxNumberCheck
from trade.services.tax_numbers import Claimant, claim_number, confirm_number

pytestmark = pytest.mark.django_db
UK_NUMBER = "GB980780684"


@pytest.fixture
def moderator() -> User:
    return make_user("moderator@example.com", is_staff=True)


@pytest.fixture
def check() -> TaxNumberCheck:
    claimant = Claimant(
        user=None, email="buyer@example.org", language="en", business_name="Harbour Goods"
    )
    return claim_number(
        country="GB",
        number=UK_NUMBER,
        claimant=claimant,
        purchase_ref=None,
        counted=False,
        now=NOW,
    ).about


def address(check: TaxNumberCheck) -> str:
    return reverse("admin:trade_taxnumbercheck_change", args=[check.pk])


def test_the_queue_shows_what_waits_and_where_to_look_it_up(
    client: Client, moderator: User, check: TaxNumberCheck
) -> None:
    client.force_login(moderator)
    queue = client.get(
        reverse("admin:trade_taxnumbercheck_changelist"), {"state__exact": "UNANSWERED"}
    ).content.decode()
    assert UK_NUMBER in queue
    assert "Tax numbers to confirm" in queue
    page = client.get(address(check)).content.decode()
    assert 'href="https://www.gov.uk/check-uk-vat-number"' in page
    assert "Harbour Goods" in page
    assert "buyer@example.org" in page
    assert client.get(reverse("admin:trade_taxnumbercheck_add")).status_code == 403


@pytest.mark.parametrize(
    ("name", "state", "kind"),
    [
        ("confirm", "CONFIRMED", "tax_number_confirmed"),
        ("refuse", "REFUSED", "tax_number_refused"),
    ],
)
def test_a_decision_needs_a_reason_is_written_down_and_told(
    client: Client, moderator: User, check: TaxNumberCheck, name: str, state: str, kind: str
) -> None:
    client.force_login(moderator)
    there = reverse(f"admin:trade_taxnumbercheck_{name}", args=[check.pk])
    assert client.post(there, {"reason": " "}).status_code == 422
    check.refresh_from_db()
    assert check.state == "UNANSWERED"
    assert not Notice.objects.exists()
    assert client.post(there, {"reason": "Looked up on gov.uk."}).status_code == 302
    check.refresh_from_db()
    assert (check.state, check.source, check.decided_by) == (state, "moderator", moderator)
    assert (check.expires_at is None) == (state == "REFUSED")
    entry = AuditEntry.objects.get(target_id=str(check.pk))
    assert (entry.actor, entry.reason) == (moderator, "Looked up on gov.uk.")
    assert UK_NUMBER not in entry.target_label
    notice = Notice.objects.get()
    assert (notice.kind, notice.email) == (kind, "buyer@example.org")


def test_nobody_else_may_look_or_decide(client: Client, check: TaxNumberCheck) -> None:
    client.force_login(make_user("somebody@example.com"))
    there = reverse("admin:trade_taxnumbercheck_confirm", args=[check.pk])
    assert client.get(address(check)).status_code == 302
    assert client.post(there, {"reason": "Mine."}).status_code == 302
    check.refresh_from_db()
    assert check.state == "UNANSWERED"


def test_two_moderators_do_not_decide_twice(moderator: User, check: TaxNumberCheck) -> None:
    stale = TaxNumberCheck.objects.get(pk=check.pk)
    confirm_number(check=check, actor=moderator, reason="Looked it up.", now=NOW)
    with pytest.raises(TransitionError):
        confirm_number(check=stale, actor=moderator, reason="I too.", now=NOW)
    assert Notice.objects.count() == 1
    assert AuditEntry.objects.filter(target_id=str(check.pk)).count() == 1


def test_without_a_reason_nothing_changes(moderator: User, check: TaxNumberCheck) -> None:
    with pytest.raises(ValueError, match="reason"):
        confirm_number(check=check, actor=moderator, reason=" ", now=NOW)
    check.refresh_from_db()
    assert check.state == "UNANSWERED"
