"""The books: accounts, entries, postings, balances. Their guarantees are SQL; see docs/ledger.md."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.money import Money
from payments.states import MAY_GO_NEGATIVE


class Account(models.Model):
    """A ledger account: one kind, one currency, one reference."""

    kind = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=64, blank=True)
    may_go_negative = models.BooleanField()

    class Meta:
        db_table = "ledger_account"
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "currency", "reference"], name="ledger_account_once"
            ),
            # The target of posting's composite key: a posting can't be in another currency.
            models.UniqueConstraint(fields=["id", "currency"], name="ledger_account_currency"),
            # Whether an account may go below zero follows from its kind, not from who opens it.
            models.CheckConstraint(
                condition=Q(may_go_negative=Q(kind__in=sorted(MAY_GO_NEGATIVE))),
                name="ledger_account_floor",
            ),
        )
        # Who is owed something: settlement begins here, not with every balance there is.
        indexes = (
            models.Index(
                fields=["id", "reference"],
                condition=Q(kind="SELLER_PAYABLE"),
                name="ledger_account_payable",
            ),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.currency, self.reference)))


class Balance(models.Model):
    """Running credits and debits of an account, minor units; only the ledger's trigger writes."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    credits = models.BigIntegerField(default=0)
    debits = models.BigIntegerField(default=0)
    floor_zero = models.BooleanField()

    class Meta:
        db_table = "ledger_balance"
        constraints = (
            models.CheckConstraint(
                condition=Q(floor_zero=False) | Q(credits__gte=models.F("debits")),
                name="ledger_balance_floor",
            ),
        )

    def __str__(self) -> str:
        return str(Money(self.credits - self.debits, self.currency))


class Entry(models.Model):
    """One event in the books; its postings sum to zero in every currency. Never changed."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=24)
    reference = models.CharField(max_length=64, blank=True, db_index=True)
    memo = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "ledger_entry"
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One leg: amount in minor units, credit positive, never zero. Never changed."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "ledger_posting"
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_posting_not_zero"),
        )

    def __str__(self) -> str:
        return str(Money(self.amount, self.currency))
