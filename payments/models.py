"""What money did. The ledger's guarantees are SQL in migrations; see docs/ledger.md."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.money import Money
from notifications.models import EffectRow
from payments.states import (
    MAY_GO_NEGATIVE,
    HeldState,
    InboxState,
    PaymentState,
    TransferState,
)


class Rate(models.Model):
    """Units of `currency` for one euro, as a source published it for `as_of`.

    held_back: it moved so far that a person has to approve it before anything is priced with it.
    """

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=32, decimal_places=18)
    source = models.CharField(max_length=20)
    as_of = models.DateField()
    fetched_at = models.DateTimeField(default=timezone.now)
    held_back = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["currency", "source", "as_of"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        )
        indexes = (models.Index(fields=["currency", "source", "-as_of"], name="rate_latest"),)

    def __str__(self) -> str:
        return f"1 EUR = {self.rate.normalize():f} {self.currency}"


class Quote(models.Model):
    """The rate promised to a buyer. Immutable.

    mid: units of to_currency (buyer's) for one unit of from_currency (seller's) at mid market;
    rate: mid with the spread in it, what prices are converted at. Same currency: both 1, spread 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_currency = models.CharField(max_length=3)
    to_currency = models.CharField(max_length=3)
    mid = models.DecimalField(max_digits=30, decimal_places=15)
    spread_bp = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=30, decimal_places=15)
    source = models.CharField(max_length=40)
    as_of = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"1 {self.from_currency} = {self.rate.normalize():f} {self.to_currency}"


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


class Payee(models.Model):
    """Whom we pay out to: always in `currency`, by `provider`, to `destination`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20, default="sandbox")
    destination = models.JSONField(default=dict)
    payouts_held = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Payment(models.Model):
    """One charge of one buyer for one purchase; `purchase_ref` is the purchase's id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purchase_ref = models.UUIDField(unique=True)
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, default=PaymentState.CREATED)
    description = models.CharField(max_length=200)
    email = models.EmailField()
    language = models.CharField(max_length=12, default="en")
    success_url = models.CharField(max_length=400)
    cancel_url = models.CharField(max_length=400)
    session_ref = models.CharField(max_length=120, blank=True, db_index=True)
    session_url = models.CharField(max_length=500, blank=True)
    charge_ref = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
        )
        # What the reconciler asks about, among millions that are long decided.
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["CREATED", "UNKNOWN", "OPEN"]),
                name="payment_open",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["EXPIRED", "FAILED"]),
                name="payment_ended_unpaid",
            ),
        )

    def __str__(self) -> str:
        return f"{Money(self.amount, self.currency)} {self.state}"


class HeldPayment(models.Model):
    """The share of a payment that belongs to one order; `order_ref` is the order's id.

    seller_amount (in seller_currency) is what is held for the seller before commission. The
    buyer's side, in the payment's currency: buyer_amount = mid_amount + spread_amount + tax_amount
    + duty_amount + fees_amount. refunded_amount is in the buyer's currency, refunded_seller_amount
    in the seller's. All minor units. frozen: nothing may be released (a dispute).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="held")
    order_ref = models.UUIDField(unique=True)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="held")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT)
    destination = models.CharField(max_length=2)
    seller_currency = models.CharField(max_length=3)
    seller_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    buyer_amount = models.BigIntegerField()
    mid_amount = models.BigIntegerField()
    spread_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    refunded_amount = models.BigIntegerField(default=0)
    refunded_seller_amount = models.BigIntegerField(default=0)
    refunded_commission_amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default=HeldState.HELD)
    frozen = models.BooleanField(default=False)
    booked_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    buyer_amount=models.F("mid_amount")
                    + models.F("spread_amount")
                    + models.F("tax_amount")
                    + models.F("duty_amount")
                    + models.F("fees_amount")
                ),
                name="held_payment_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=models.F("buyer_amount")),
                name="held_payment_refund_within",
            ),
            models.CheckConstraint(
                condition=Q(refunded_seller_amount__gte=0)
                & Q(refunded_seller_amount__lte=models.F("seller_amount"))
                & Q(refunded_commission_amount__gte=0)
                & Q(refunded_commission_amount__lte=models.F("commission_amount"))
                & Q(commission_amount__lte=models.F("seller_amount")),
                name="held_payment_seller_within",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_ref}"


class Refund(EffectRow):
    """Money going back to the buyer for one order; the row is the intent, `transfer` the outcome.

    amount = mid_amount + spread_amount + tax_amount + duty_amount + fees_amount, in the buyer's
    currency: what each part of the held payment gives back. seller_amount and commission_amount are
    in the seller's. try_number goes up only after the provider has definitely refused.
    """

    held = models.ForeignKey(HeldPayment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120, unique=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    mid_amount = models.BigIntegerField()
    spread_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    seller_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    reason = models.TextField()
    transfer = models.CharField(max_length=10, default=TransferState.PENDING)
    provider_ref = models.CharField(max_length=120, blank=True, db_index=True)
    try_number = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(
                    amount=models.F("mid_amount")
                    + models.F("spread_amount")
                    + models.F("tax_amount")
                    + models.F("duty_amount")
                    + models.F("fees_amount")
                ),
                name="refund_adds_up",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="PENDING"), name="refund_due"),
        )

    def __str__(self) -> str:
        return f"{Money(self.amount, self.currency)} {self.transfer}"


class Payout(EffectRow):
    """One payment to a payee for one settlement run; unique a payee, currency and period."""

    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payouts")
    number = models.CharField(max_length=20, unique=True)
    period = models.CharField(max_length=20)
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    transfer = models.CharField(max_length=10, default=TransferState.PENDING)
    provider_ref = models.CharField(max_length=120, blank=True, db_index=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payee", "currency", "period"], name="payout_once_a_period"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount_positive"),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="PENDING"), name="payout_due"),
        )

    def __str__(self) -> str:
        return self.number


class PayoutLine(models.Model):
    """Why a payout has its amount: one posting on the payee's account, in one payout only."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="payout_line")

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.posting_id}"


class ProviderEvent(models.Model):
    """The inbox: an event a provider told us, stored before anything is done with it."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    state = models.CharField(max_length=10, default=InboxState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        )
        indexes = (
            models.Index(fields=["received_at"], condition=Q(state="NEW"), name="inbox_new"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
