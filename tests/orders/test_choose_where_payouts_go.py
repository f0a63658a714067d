"""An owner says where and when its business is paid; nobody else does, and every change can be stopped."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import AuditEntry
from common.sealing import SealError
from notifications.services import deliver_batch
from orders.services.payout_settings import STOP_SALT, change_bank_account, stop_token
from payments.models import BankAccount, Payee
from payments.services.bank_accounts import open_bank_account, pay_by_bank_file
from payments.services.payout_holds import resume_payee
from payments.states import PayoutSchedule
from sellers.services import change_role, invite_member, remove_member
from sellers.services.review import reinstate_business, suspend_business
from sellers.states import Role
from tests.cast import NOW, Cast, cast, clock, make_user

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db
ACCOUNT = {
    "bic": "ECOCGHAC", "account": "1441 0001 23456", "holder": "Ama Mensah",
    "street": "4 Ring Road", "postcode": "", "town": "Accra",
}  # fmt: skip
OTHER = {**ACCOUNT, "account": "9990001112223"}


@pytest.fixture
def ama(cast: Cast) -> Payee:
    payee = cast.ama.business.payee
    return pay_by_bank_file(payee=payee, actor=None, reason="No provider pays to Ghana", now=NOW)


@pytest.fixture
def client_of_ama(cast: Cast, ama: Payee) -> Client:
    client = Client()
    client.force_login(cast.ama.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(cast: Cast, name: str = "payout_settings") -> str:
    return reverse(f"orders:{name}", args=[cast.ama.business.slug])


def show_who_one_is(client: Client, url: str) -> None:
    """Asked for the password before the page opens."""
    asked = client.get(url)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/reauthenticate/")
    answer = client.post(asked["Location"], {"password": "correct horse battery"})
    assert answer["Location"] == url


def give(client: Client, cast: Cast, **fields: str) -> Any:
    return client.post(page(cast, "bank_account"), {**ACCOUNT, **fields})


def test_the_first_account_is_good_at_once(client_of_ama: Client, cast: Cast, ama: Payee) -> None:
    assert "know your bank account yet" in client_of_ama.get(page(cast)).content.decode()
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    form = client_of_ama.get(page(cast, "bank_account")).content.decode()
    assert "BIC (SWIFT code)" in form
    assert "IBAN" not in form
    assert 'value="Accra"' in form  # from the address of the business
    assert give(client_of_ama, cast)["Location"] == page(cast)
    account = BankAccount.objects.get()
    assert (account.payee, account.hint, account.country) == (ama, "3456", "GH")
    assert account.usable_from == NOW
    assert open_bank_account(account).account == "1441000123456"
    shown = client_of_ama.get(page(cast)).content.decode()
    assert "3456" in shown
    assert "1441000123456" not in shown
    ama.refresh_from_db()
    assert ama.cooling_off_until is None


def test_another_account_cools_off_and_every_owner_is_told(
    client_of_ama: Client, cast: Cast, ama: Payee, settings: Settings
) -> None:
    settings.PAYOUT_COOLING_OFF_HOURS = 72
    kofi, clerk = make_user("kofi@example.org"), make_user("clerk@example.org")
    for user, role in ((kofi, Role.OWNER), (clerk, Role.MANAGER)):
        invite_member(
            business=cast.ama.business, actor=cast.ama.user, email=user.email, role=role, now=NOW
        )
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    give(client_of_ama, cast)
    deliver_batch(now=NOW)
    mail.outbox.clear()
    give(client_of_ama, cast, account=OTHER["account"])
    ama.refresh_from_db()
    assert ama.cooling_off_until == NOW + timedelta(hours=72)
    assert "27 Nov 2026 09:00 UTC" in client_of_ama.get(page(cast)).content.decode()
    deliver_batch(now=NOW)
    told = [message for message in mail.outbox if "2223" in message.body]
    assert {message.to[0] for message in told} == {"ama@example.org", "kofi@example.org"}
    assert not any("9990001112223" in message.body for message in told)
    assert BankAccount.objects.filter(replaced_at=None).get().hint == "2223"
    entry = AuditEntry.objects.get(action="change_bank_account")
    assert (entry.actor, entry.after["account"]) == (cast.ama.user, "GH …2223")


def test_who_was_an_owner_until_yesterday_is_told_too(
    client_of_ama: Client, cast: Cast, ama: Payee
) -> None:
    """Whoever took the sign-in over makes a friend an owner, and puts the others out first."""
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    give(client_of_ama, cast)
    shop = cast.ama.business
    friend, kofi = make_user("friend@example.org"), make_user("kofi@example.org")
    long_ago = NOW - timedelta(days=31)
    for user in (friend, kofi):
        invite_member(
            business=shop, actor=cast.ama.user, email=user.email, role=Role.OWNER, now=long_ago
        )
    members = {row.user_id: row for row in shop.memberships.all()}
    remove_member(membership=members[kofi.pk], actor=friend, now=long_ago)
    change_role(membership=members[cast.ama.user.pk], actor=friend, role=Role.STAFF, now=NOW)
    deliver_batch(now=NOW)
    mail.outbox.clear()
    details = open_bank_account(BankAccount.objects.get())
    change_bank_account(
        business=shop,
        actor=friend,
        details=replace(details, numbers={**details.numbers, "account": "9990001112223"}),
        now=NOW,
    )
    deliver_batch(now=NOW)
    told = {message.to[0] for message in mail.outbox if "/payout-stop/" in message.body}
    assert told == {"friend@example.org", "ama@example.org"}
    assert Client().post(link_in_the_mail()).status_code == 200
    assert is_held(ama)


def test_the_same_account_twice_is_one_and_does_not_cool_off(
    client_of_ama: Client, cast: Cast, ama: Payee
) -> None:
    """The form was sent twice, or an owner looked at it and pressed the button again."""
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    for _ in range(2):
        assert give(client_of_ama, cast)["Location"] == page(cast)
    ama.refresh_from_db()
    assert (BankAccount.objects.count(), ama.cooling_off_until) == (1, None)
    assert AuditEntry.objects.filter(action__endswith="bank_account").count() == 1
    give(client_of_ama, cast, town="Kumasi")
    ama.refresh_from_db()
    assert ama.cooling_off_until is not None


def is_held(payee: Payee) -> bool:
    payee.refresh_from_db()
    return payee.payouts_held


def link_in_the_mail() -> str:
    deliver_batch(now=NOW)
    bodies = "\n".join(str(message.body) for message in mail.outbox)
    [*_others, last] = re.findall(r"https?://[^/]+(/payout-stop/\S+)", bodies)
    return str(last)


def test_whoever_was_not_asked_stops_it_without_signing_in(
    client_of_ama: Client, cast: Cast, ama: Payee
) -> None:
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    give(client_of_ama, cast)
    give(client_of_ama, cast, account=OTHER["account"])
    url, stranger = link_in_the_mail(), Client()
    assert stranger.get(url).status_code == 200
    assert not is_held(ama)  # a mail scanner that opens links changes nothing
    assert stranger.post(url).status_code == 200
    assert is_held(ama)
    assert "not theirs" in client_of_ama.get(page(cast)).content.decode()
    assert AuditEntry.objects.filter(action="stop_bank_account_change").count() == 1


def test_the_end_of_a_suspension_does_not_end_that_hold(
    client_of_ama: Client, cast: Cast, ama: Payee
) -> None:
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    give(client_of_ama, cast)
    suspended = suspend_business(
        business=cast.ama.business, actor=cast.mira, reason="We look at it", now=NOW
    )
    token = stop_token(BankAccount.objects.get())
    Client().post(reverse("orders:payout_stop", args=[token]))
    reinstate_business(business=suspended, actor=cast.mira, reason="All is well", now=NOW)
    assert is_held(ama)
    assert ama.hold_causes.keys() == {"account"}
    resume_payee(payee=ama, actor=cast.mira, reason="They called us", now=NOW)
    assert not is_held(ama)
    assert (ama.hold_reason, ama.hold_causes) == ("", {})


@pytest.mark.parametrize("token", ["x", "", "a" * 300, "é"])
def test_a_made_up_link_stops_nothing(client: Client, ama: Payee, token: str) -> None:
    forged = [token, signing.dumps(str(ama.pk), salt=STOP_SALT), signing.dumps("x", salt="other")]
    for one in filter(None, forged):
        assert client.post(reverse("orders:payout_stop", args=[one])).status_code == 404
    assert not is_held(ama)


def test_without_the_password_nothing_changes(client_of_ama: Client, cast: Cast) -> None:
    asked = give(client_of_ama, cast)
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert not BankAccount.objects.exists()
    # What was typed is not lost: it is saved as soon as the password is right.
    wrong = client_of_ama.post(asked["Location"], {"password": "wrong"})
    assert wrong.status_code == 200
    assert not BankAccount.objects.exists()
    client_of_ama.post(asked["Location"], {"password": "correct horse battery"})
    assert BankAccount.objects.get().hint == "3456"


def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(
    client_of_ama: Client, cast: Cast
) -> None:
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    answer = give(client_of_ama, cast, bic="DEUTDEFF", holder="")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'id="id_holder_error"' in text
    assert 'value="1441 0001 23456"' in text
    answer = give(client_of_ama, cast, bic="DEUTDEFF")
    assert "another country" in answer.content.decode()
    assert not BankAccount.objects.exists()


def test_only_owners_and_only_their_own(cast: Cast, ama: Payee) -> None:
    kofi = make_user("kofi@example.org")
    invite_member(
        business=cast.ama.business,
        actor=cast.ama.user,
        email=kofi.email,
        role=Role.MANAGER,
        now=NOW,
    )
    before = Payee.objects.values().get(pk=ama.pk)
    for user in (kofi, cast.chiara.user, cast.lucie, cast.mira):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for name in ("payout_settings", "bank_account"):
            assert client.get(page(cast, name)).status_code == 404
            assert client.post(page(cast, name), ACCOUNT).status_code == 404
    assert Payee.objects.values().get(pk=ama.pk) == before
    assert not BankAccount.objects.exists()


def test_a_schedule(client_of_ama: Client, cast: Cast, ama: Payee) -> None:
    words = {"schedule": "WEEKLY", "weekday": "5", "monthday": "9", "minimum": "12.50"}
    assert client_of_ama.post(page(cast), words)["Location"] == page(cast)
    ama.refresh_from_db()
    assert (ama.schedule, ama.schedule_day, ama.minimum_amount) == (PayoutSchedule.WEEKLY, 5, 1250)
    shown = client_of_ama.get(page(cast)).content.decode()
    assert 'value="12.50"' in shown
    client_of_ama.post(page(cast), {**words, "schedule": "MONTHLY"})
    ama.refresh_from_db()
    assert (ama.schedule, ama.schedule_day) == (PayoutSchedule.MONTHLY, 9)
    assert AuditEntry.objects.filter(action="choose_payout_schedule").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"schedule": "HOURLY"}, {"weekday": "8"}, {"monthday": "29"}, {"minimum": "-1"},
        {"minimum": "1.234"}, {"minimum": "much"}, {"schedule": "THRESHOLD", "minimum": ""},
    ],
)  # fmt: skip
def test_schedules_that_cannot_be(
    client_of_ama: Client, cast: Cast, ama: Payee, wrong: dict[str, str]
) -> None:
    words = {"schedule": "WEEKLY", "weekday": "5", "monthday": "9", "minimum": "12.50"}
    answer = client_of_ama.post(page(cast), {**words, **wrong})
    assert answer.status_code == 422
    assert "_error" in answer.content.decode()
    ama.refresh_from_db()
    assert ama.schedule == PayoutSchedule.DAILY


def test_where_a_provider_pays_there_is_no_account_to_give(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.chiara.user, backend="django.contrib.auth.backends.ModelBackend")
    slug = cast.chiara.business.slug
    shown = client.get(reverse("orders:payout_settings", args=[slug])).content.decode()
    assert "Give your bank account" not in shown
    show_who_one_is(client, reverse("orders:bank_account", args=[slug]))
    answer = client.post(reverse("orders:bank_account", args=[slug]), ACCOUNT)
    assert answer.status_code == 302
    assert not BankAccount.objects.exists()


def test_a_sealed_account_is_bound_to_its_row(client_of_ama: Client, cast: Cast) -> None:
    show_who_one_is(client_of_ama, page(cast, "bank_account"))
    give(client_of_ama, cast)
    account = BankAccount.objects.get()
    account.sealed = account.sealed[:-6] + "AAAAAA"
    with pytest.raises(SealError):
        open_bank_account(account)
