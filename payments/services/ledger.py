"""The one door into the books.

Nothing else inserts accounts, entries or postings. What the books promise is kept by the database:
docs/ledger.md lists each guarantee and the SQL behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.db import OperationalError, connection, transaction
from psycopg2 import errors
from psycopg2.extras import execute_values

from common.money import Money
from payments.models import Entry
from payments.states import MAY_GO_NEGATIVE, SHARDED, AccountKind, EntryKind

SHARDS = 8
TRIES = 5
RETRIED = (errors.DeadlockDetected, errors.SerializationFailure)


class EntryConflictError(ValueError):
    """The key is taken by an entry with other legs: a bug or a forgery, never a repetition."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of an entry: `money` in minor units, credit positive, never zero.

    `reference` tells accounts of one kind and currency apart: the order of held money, the payee of
    what is payable, the country of a tax. SHARDED kinds leave it empty.
    """

    kind: AccountKind
    money: Money
    reference: str = ""


AccountName = tuple[str, str, str]


def post_entry(
    *,
    key: str,
    kind: EntryKind,
    legs: Sequence[Leg],
    reference: str = "",
    memo: str = "",
) -> Entry:
    """Add one entry to the books, exactly once for its key; returns it.

    The same key with the same legs returns the entry that is there. Legs of zero are left out. Runs
    in the caller's transaction; without one it makes its own and repeats it when the database
    reports a deadlock. Raises EntryConflictError for other legs under a used key, ValueError for no
    legs, and IntegrityError (at commit, or at once) for whatever the books refuse.
    """
    wanted = [(_account_name(leg, reference), leg.money.amount) for leg in legs if leg.money]
    if len(wanted) < 2:
        raise ValueError("an entry has at least two legs")
    if connection.in_atomic_block:
        return _post(key=key, kind=kind, reference=reference, memo=memo, wanted=wanted)
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _post(key=key, kind=kind, reference=reference, memo=memo, wanted=wanted)
        except OperationalError as error:
            if attempt == TRIES or not isinstance(error.__cause__, RETRIED):
                raise
            # The winner holds its locks already, so trying at once only queues behind it.
    raise AssertionError("unreachable")


def _account_name(leg: Leg, reference: str) -> AccountName:
    """Spread the accounts that every purchase touches by what the entry is about."""
    if leg.kind in SHARDED:
        shard = crc32((leg.reference or reference).encode()) % SHARDS
        return leg.kind.value, leg.money.currency, str(shard)
    return leg.kind.value, leg.money.currency, leg.reference


def _post(
    *, key: str, kind: EntryKind, reference: str, memo: str, wanted: list[tuple[AccountName, int]]
) -> Entry:
    with connection.cursor() as cursor:
        # Waits for a racer with the same key to finish, then finds its entry.
        cursor.execute(
            "INSERT INTO ledger_entry (key, kind, reference, memo, created_at)"
            " VALUES (%s, %s, %s, %s, clock_timestamp()) ON CONFLICT (key) DO NOTHING"
            " RETURNING id, created_at",
            [key, kind.value, reference, memo],
        )
        made = cursor.fetchone()
        if made is None:
            return _existing(key=key, wanted=wanted)
        ids = _account_ids({name for name, _ in wanted})
        # Every entry locks balances in the same order, so that two never wait for each other.
        rows = sorted((ids[name], made[0], name[1], amount) for name, amount in wanted)
        execute_values(
            cursor,
            "INSERT INTO ledger_posting (account_id, entry_id, currency, amount) VALUES %s",
            rows,
            page_size=len(rows),
        )
    return Entry(
        id=made[0], key=key, kind=kind.value, reference=reference, memo=memo, created_at=made[1]
    )


def _account_ids(names: set[AccountName]) -> dict[AccountName, int]:
    """Ids of the named accounts, opening those that are missing; safe when two open one at once."""
    found = _find_accounts(names)
    missing = sorted(names - found.keys())
    if missing:
        with connection.cursor() as cursor:
            execute_values(
                cursor,
                "INSERT INTO ledger_account (kind, currency, reference, may_go_negative) VALUES %s"
                " ON CONFLICT (kind, currency, reference) DO NOTHING",
                [(*name, AccountKind(name[0]) in MAY_GO_NEGATIVE) for name in missing],
                page_size=len(missing),
            )
        found |= _find_accounts(set(missing))
    return found


def _find_accounts(names: set[AccountName]) -> dict[AccountName, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, currency, reference, id FROM ledger_account"
            " WHERE (kind, currency, reference) IN %s",
            [tuple(sorted(names))],
        )
        return {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}


def _existing(*, key: str, wanted: list[tuple[AccountName, int]]) -> Entry:
    entry = Entry.objects.get(key=key)
    there = Counter(
        (kind, currency, reference, amount)
        for kind, currency, reference, amount in entry.postings.values_list(
            "account__kind", "account__currency", "account__reference", "amount"
        )
    )
    if there != Counter((*name, amount) for name, amount in wanted):
        raise EntryConflictError(f"{key} is already in the books with other legs")
    return entry
