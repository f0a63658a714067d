"""What a dispute does to the money of the orders it is about; see payments.services.disputes.

Every function is called with the payment, the dispute and its held payments locked.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from common.money import Money, currency_of
from common.wake import wake
from notifications.states import EffectState
from payments.models import DisputeShare, HeldPayment, Posting, ProviderDispute, Refund
from payments.rules.disputes import settled_refunds, spread_loss
from payments.rules.refunds import split_refund
from payments.rules.reserves import draw
from payments.selectors.ledger import balance
from payments.services.bookings import parts_of, taken_legs, undo_legs
from payments.services.errands import SUBMIT_REFUNDS
from payments.services.held import refunded_parts
from payments.services.ledger import Leg, post_entry
from payments.services.payee_money import lock_payee, take_from_payee
from payments.services.refunds import (
    count_refunded,
    legs_of_refund,
    parts_refunded_by,
    refund_columns,
    take_refund,
)
from payments.services.reserves import restore_reserve
from payments.services.reversals import ask_back
from payments.states import (
    AccountKind,
    EntryKind,
    HeldState,
    RefundOrigin,
    TransferState,
)

Shares = Mapping[uuid.UUID, DisputeShare]


def _number(dispute: ProviderDispute) -> int:
    """A number for the key of an entry that may come again."""
    dispute.entry_count += 1
    dispute.save(update_fields=["entry_count"])
    return dispute.entry_count


def block(*, dispute: ProviderDispute, held: Sequence[HeldPayment], shares: Shares) -> None:
    """Keep what a loss would cost the sellers, as far as they have it: balance, then reserve."""
    for one in held:
        share = shares.get(one.pk)
        if share is None or one.state != HeldState.RELEASED:
            continue
        whole, refunded = parts_of(one), refunded_parts(one)
        amount = min(share.amount, (whole - refunded).total)
        wanted = split_refund(whole=whole, refunded=refunded, amount=amount).seller_net
        if wanted > share.blocked_amount:
            _block(dispute, one, share, wanted - share.blocked_amount)


def _block(dispute: ProviderDispute, held: HeldPayment, share: DisputeShare, wanted: int) -> None:
    lock_payee(held.payee_id)
    available = min(wanted, _available(held))
    if available <= 0:
        return
    taken = take_from_payee(held=held, due=available)
    post_entry(
        key=f"dispute_held:{share.pk}:{_number(dispute)}",
        kind=EntryKind.DISPUTE_HELD,
        reference=str(held.order_ref),
        legs=[
            *taken_legs(held=held, taken=taken),
            Leg(
                AccountKind.DISPUTE_HOLD,
                Money(available, held.seller_currency),
                str(held.order_ref),
            ),
        ],
    )
    share.blocked_amount += available
    share.blocked_reserve_amount += taken.reserve
    share.save(update_fields=["blocked_amount", "blocked_reserve_amount"])


def _available(held: HeldPayment) -> int:
    kinds = (AccountKind.SELLER_PAYABLE, AccountKind.RESERVE)
    names = {"currency": held.seller_currency, "reference": str(held.payee_id)}
    return sum(max(balance(kind=kind, **names).amount, 0) for kind in kinds)


def free_blocked(*, dispute: ProviderDispute, held: Sequence[HeldPayment], shares: Shares) -> None:
    """The dispute is decided: what is still blocked is the seller's again, its reserve a reserve."""
    for one in held:
        share = shares.get(one.pk)
        if share is None or not share.blocked_amount:
            continue
        lock_payee(one.payee_id)
        blocked = Money(share.blocked_amount, one.seller_currency)
        kept = Money(
            restore_reserve(payee_id=one.payee_id, amount=share.blocked_reserve_amount),
            one.seller_currency,
        )
        post_entry(
            key=f"dispute_freed:{share.pk}:{_number(dispute)}",
            kind=EntryKind.DISPUTE_FREED,
            reference=str(one.order_ref),
            legs=[
                Leg(AccountKind.DISPUTE_HOLD, -blocked, str(one.order_ref)),
                Leg(AccountKind.RESERVE, kept, str(one.payee_id)),
                Leg(AccountKind.SELLER_PAYABLE, blocked - kept, str(one.payee_id)),
            ],
        )
        share.blocked_amount = share.blocked_reserve_amount = 0
        share.save(update_fields=["blocked_amount", "blocked_reserve_amount"])


def book_loss(
    *,
    dispute: ProviderDispute,
    held: Sequence[HeldPayment],
    shares: Shares,
    loss: int,
    now: datetime,
) -> None:
    """Book `loss` (minor units of the buyer's currency), of which nothing is booked, as lost.

    First it settles refunds that the buyer is owed and that were never sent: the buyer has that
    money now. Then each order bears its share as a refund does. What no order and no refund stands
    for went to the buyer twice, and is the platform's loss.
    """
    owed = _unsent_refunds(held)
    names, rest = settled_refunds(loss, [(str(row.pk), row.amount) for row in owed])
    for row in owed:
        if str(row.pk) in names:
            _settle_refund(dispute, row, now)
    parts, rest = spread_loss(
        rest,
        shares=[shares[one.pk].amount if one.pk in shares else 0 for one in held],
        left=[one.buyer_amount - one.refunded_amount for one in held],
        step=currency_of(dispute.currency).charge_step,
    )
    for one, part in zip(held, parts, strict=True):
        if part:
            _lose(dispute, one, shares.get(one.pk), part, now)
    _platform_loss(dispute, rest, EntryKind.CHARGEBACK_LOST)
    dispute.lost_amount = loss
    dispute.platform_loss_amount = rest
    dispute.save(update_fields=["lost_amount", "platform_loss_amount"])


def _unsent_refunds(held: Sequence[HeldPayment]) -> list[Refund]:
    """Refunds that the buyer is owed and of which the provider certainly has nothing."""
    waiting = Q(transfer=TransferState.PENDING, lease_until__isnull=True)
    rows = Refund.objects.filter(waiting | Q(transfer=TransferState.FAILED), held__in=held)
    return list(rows.select_for_update(of=("self",)).order_by("created_at", "pk"))


def _settle_refund(dispute: ProviderDispute, refund: Refund, now: datetime) -> None:
    money = Money(refund.amount, refund.currency)
    post_entry(
        key=f"chargeback_settles:{refund.pk}:{dispute.pk}:{_number(dispute)}",
        kind=EntryKind.CHARGEBACK_LOST,
        reference=str(refund.held.order_ref),
        legs=[
            Leg(AccountKind.BUYER_REFUNDABLE, -money, str(dispute.payment_id)),
            Leg(AccountKind.CHARGEBACK, money, str(dispute.pk)),
        ],
    )
    refund.transfer = TransferState.DONE
    refund.state = EffectState.DONE
    refund.settled_by = dispute
    refund.done_at = now
    refund.last_error = ""
    refund.save(update_fields=["transfer", "state", "settled_by", "done_at", "last_error"])


def _lose(
    dispute: ProviderDispute,
    held: HeldPayment,
    share: DisputeShare | None,
    amount: int,
    now: datetime,
) -> None:
    """One order bears `amount`: a refund that the bank has given already."""
    parts = split_refund(whole=parts_of(held), refunded=refunded_parts(held), amount=amount)
    blocked = share.blocked_amount if share else 0
    taken = take_refund(held, parts, blocked=blocked)
    reserve = taken.reserve + (_use_blocked(share, taken.blocked) if share else 0)
    refund = Refund.objects.create(
        held=held,
        key=f"chargeback:{dispute.pk}:{_number(dispute)}",
        origin=RefundOrigin.CHARGEBACK,
        dispute=dispute,
        reason=dispute.reason,
        reserve_amount=reserve,
        transfer=TransferState.DONE,
        state=EffectState.DONE,
        due_at=now,
        created_at=now,
        done_at=now,
        **refund_columns(held, parts),
    )
    bank = Leg(AccountKind.CHARGEBACK, Money(amount, held.currency), str(dispute.pk))
    post_entry(
        key=f"chargeback_lost:{refund.pk}",
        kind=EntryKind.CHARGEBACK_LOST,
        reference=str(held.order_ref),
        memo=dispute.reason,
        legs=legs_of_refund(held, parts, taken=taken, to=bank),
    )
    count_refunded(held, parts, sign=1)
    ask_back(held=held, amount=taken.owed, refund=refund, reason=dispute.reason, now=now)


def _use_blocked(share: DisputeShare, used: int) -> int:
    """Use what was blocked, the balance's part first; returns how much the reserve's part gave."""
    from_balance = share.blocked_amount - share.blocked_reserve_amount
    reserve = draw(used, [from_balance])[1]
    share.blocked_amount -= used
    share.blocked_reserve_amount -= reserve
    share.save(update_fields=["blocked_amount", "blocked_reserve_amount"])
    return reserve


def _platform_loss(dispute: ProviderDispute, amount: int, kind: EntryKind) -> None:
    """What the platform bears itself; taken back where the kind says so."""
    if not amount:
        return
    money = Money(amount if kind == EntryKind.CHARGEBACK_LOST else -amount, dispute.currency)
    post_entry(
        key=f"chargeback_loss:{dispute.pk}:{_number(dispute)}",
        kind=kind,
        reference=str(dispute.pk),
        legs=[
            Leg(AccountKind.CHARGEBACK, money, str(dispute.pk)),
            Leg(AccountKind.PLATFORM_LOSS, -money, str(dispute.pk)),
        ],
    )


def undo_losses(*, dispute: ProviderDispute, held: Sequence[HeldPayment], now: datetime) -> None:
    """Take every booked loss of a dispute back by new entries: the bank decided otherwise."""
    by_id = {one.pk: one for one in held}
    lost = dispute.refunds.filter(undone_at__isnull=True).select_for_update()
    for refund in lost.order_by("-created_at", "-key"):
        _undo(dispute, by_id[refund.held_id], refund, now)
    for refund in dispute.settled.select_for_update(of=("self",)).order_by("pk"):
        _owe_again(dispute, refund, now)
    _platform_loss(dispute, dispute.platform_loss_amount, EntryKind.CHARGEBACK_UNDONE)
    dispute.lost_amount = dispute.platform_loss_amount = 0
    dispute.save(update_fields=["lost_amount", "platform_loss_amount"])


def _undo(dispute: ProviderDispute, held: HeldPayment, refund: Refund, now: datetime) -> None:
    """The order has what it lost again: held where it was held, else the seller's."""
    parts = parts_refunded_by(refund)
    legs = Posting.objects.filter(entry__key=f"chargeback_lost:{refund.pk}")
    from_held = legs.filter(account__kind=AccountKind.HELD).exists()
    goes_to_seller = not from_held or held.released_at is not None
    bank = Leg(AccountKind.CHARGEBACK, Money(-refund.amount, refund.currency), str(dispute.pk))
    if goes_to_seller:
        owed = legs.filter(account__kind=AccountKind.SELLER_RECEIVABLE).values_list(
            "amount", flat=True
        )
        back = _give_back(
            held, net=parts.seller_net, owed=-sum(owed), reserve=refund.reserve_amount
        )
    else:
        seller = Money(parts.seller, held.seller_currency)
        back = [Leg(AccountKind.HELD, seller, str(held.order_ref))]
    post_entry(
        key=f"chargeback_undone:{refund.pk}",
        kind=EntryKind.CHARGEBACK_UNDONE,
        reference=str(held.order_ref),
        legs=[bank, *back, *undo_legs(held=held, parts=parts, fee_too=goes_to_seller)],
    )
    Refund.objects.filter(pk=refund.pk).update(undone_at=now)
    count_refunded(held, parts, sign=-1)


def _give_back(held: HeldPayment, *, net: int, owed: int, reserve: int) -> list[Leg]:
    """The seller's part of a loss given back: its debt goes, its reserve is a reserve again."""
    lock_payee(held.payee_id)
    currency, payee = held.seller_currency, str(held.payee_id)
    debt = -balance(kind=AccountKind.SELLER_RECEIVABLE, currency=currency, reference=payee).amount
    paid = max(0, min(owed, debt))
    kept = restore_reserve(payee_id=held.payee_id, amount=reserve)
    return [
        Leg(AccountKind.SELLER_RECEIVABLE, Money(paid, currency), payee),
        Leg(AccountKind.RESERVE, Money(kept, currency), payee),
        Leg(AccountKind.SELLER_PAYABLE, Money(net - paid - kept, currency), payee),
    ]


def _owe_again(dispute: ProviderDispute, refund: Refund, now: datetime) -> None:
    """The bank gave the buyer nothing after all: the refund that it had stood for is sent."""
    money = Money(refund.amount, refund.currency)
    post_entry(
        key=f"chargeback_unsettles:{refund.pk}:{dispute.pk}:{_number(dispute)}",
        kind=EntryKind.CHARGEBACK_UNDONE,
        reference=str(refund.held.order_ref),
        legs=[
            Leg(AccountKind.CHARGEBACK, -money, str(dispute.pk)),
            Leg(AccountKind.BUYER_REFUNDABLE, money, str(dispute.payment_id)),
        ],
    )
    refund.transfer = TransferState.PENDING
    refund.state = EffectState.PENDING
    refund.settled_by = None
    refund.try_number += 1
    refund.provider_ref = ""
    refund.attempts = 0
    refund.due_at = now
    refund.done_at = None
    refund.save()
    wake(SUBMIT_REFUNDS)
