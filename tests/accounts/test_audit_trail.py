"""Who did what and when: written once, never changed, not even by the owner of the table."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.selectors import history_of
from accounts.services import appoint_moderator, record_action
from tests.database import owner_connection

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ATTACKS = (
    "UPDATE accounts_auditentry SET reason = 'nothing happened'",
    "DELETE FROM accounts_auditentry",
    "TRUNCATE accounts_auditentry",
)


def entry(lucie: User, haruka: User) -> AuditEntry:
    return record_action(
        actor=lucie,
        action="close_account",
        target=haruka,
        reason="asked for",
        before={"is_active": True},
        after={"is_active": False},
        now=NOW,
    )


def test_an_action_is_written_down(lucie: User, haruka: User) -> None:
    entry(lucie, haruka)
    (found,) = history_of(target_type="accounts.user", target_id=str(haruka.pk))
    assert (found.actor, found.action, found.reason) == (lucie, "close_account", "asked for")
    assert found.at == NOW
    assert (found.before, found.after) == ({"is_active": True}, {"is_active": False})


def test_nothing_personal_is_written_where_nothing_can_be_erased(lucie: User, haruka: User) -> None:
    written = record_action(
        actor=lucie,
        action="change_person",
        target=haruka,
        before={"email": haruka.email, "is_active": True},
        after={"email": "new@example.com", "is_active": True},
        now=NOW,
    )
    assert written.target_label == ""
    assert written.before == written.after == {"email": "changed", "is_active": True}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_application_may_not_change_it(attack: str, lucie: User, haruka: User) -> None:
    written = entry(lucie, haruka)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(attack)
    assert AuditEntry.objects.get() == written


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_owner_of_the_table_may_not_either(attack: str, db: None) -> None:
    name = connection.settings_dict["NAME"]
    refused = pytest.raises(psycopg2.errors.RestrictViolation, match="append-only")
    with closing(owner_connection(name)) as owner, owner.cursor() as cursor, refused:
        cursor.execute(attack)


def test_a_moderator_reads_it_and_can_do_no_more(lucie: User, haruka: User) -> None:
    appoint_moderator(user=lucie)
    written = entry(lucie, haruka)
    client = Client()
    client.force_login(User.objects.get(pk=lucie.pk))
    assert "close_account" in client.get("/admin/accounts/auditentry/").content.decode()
    page = f"/admin/accounts/auditentry/{written.pk}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}change/", {"reason": "x"}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/accounts/auditentry/add/").status_code == 403
    assert AuditEntry.objects.get().reason == "asked for"


def test_nobody_else_gets_in(as_haruka: Client, lucie: User) -> None:
    page = "/admin/accounts/auditentry/"
    assert as_haruka.get(page, follow=True).status_code == 403
    asked = Client().get(page, follow=True)
    assert asked.redirect_chain[-1][0].startswith("/account/login/")
