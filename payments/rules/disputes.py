"""What a dispute at the buyer's bank means for our money, and what may be answered; pure.

Everything is a function of what was ever taken and given back, and of how it was decided, so that
the provider may tell it twice and in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from common.money import allocate_refund

# What may be answered in words, as providers name it. "statement" is the seller's own account.
TEXTS = (
    "statement",
    "product_description",
    "customer_name",
    "customer_email_address",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "refund_policy_disclosure",
)
# What may be answered with documents, in the order in which a spare one finds a place.
PURPOSES = (
    "shipping_documentation",
    "receipt",
    "customer_communication",
    "service_documentation",
    "other",
)
MOST_FILES = 12
MOST_FILE_BYTES = 4 * 1024 * 1024
MOST_BYTES_TOGETHER = 16 * 1024 * 1024
MOST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Totals:
    """What the provider took from us for a dispute and gave back, minor units; both only grow."""

    taken: int = 0
    returned: int = 0

    def __or__(self, other: Totals) -> Totals:
        """What is known from both, whichever was told last."""
        returned = max(self.returned, other.returned)
        return Totals(max(self.taken, other.taken, returned), returned)

    @property
    def kept(self) -> int:
        return self.taken - self.returned


def loss_of(totals: Totals, *, is_lost: bool) -> int:
    """What is gone for good. Won but not yet given back is no loss: it is on its way."""
    return totals.kept if is_lost else 0


def shares_of(amount: int, *, left: Sequence[int], step: int = 1) -> list[int]:
    """Whose a disputed amount is: in proportion to what is left of each order, never more.

    step: the smallest amount of the currency that can be paid back (common.currencies).
    """
    return _by_steps(min(amount, sum(left)), left, step)


def spread_loss(
    loss: int, *, shares: Sequence[int], left: Sequence[int], step: int = 1
) -> tuple[list[int], int]:
    """What each order loses, and what is left over that no order stands for.

    First each order up to its share of the dispute, then the others of the payment, never more than
    is left of an order. What is a multiple of `step` is cut at multiples of it, so that the rest of
    each order can still be paid back.
    """
    own = [min(share, rest) for share, rest in zip(shares, left, strict=True)]
    first = _by_steps(min(loss, sum(own)), own, step)
    rooms = [rest - part for rest, part in zip(left, first, strict=True)]
    more = min(loss - sum(first), sum(rooms))
    second = _by_steps(more, rooms, step)
    parts = [a + b for a, b in zip(first, second, strict=True)]
    return parts, loss - sum(parts)


def _by_steps(amount: int, rooms: Sequence[int], step: int) -> list[int]:
    """`amount` shared out by `rooms`, whole steps first; what is less than one goes where it fits."""
    steps = [room // step for room in rooms]
    whole = allocate_refund(remaining=steps, refund=min(amount // step, sum(steps)))
    parts = [count * step for count in whole]
    for place, room in enumerate(rooms):
        parts[place] += min(room - parts[place], amount - sum(parts))
    return parts


def settled_refunds(loss: int, owed: Iterable[tuple[str, int]]) -> tuple[list[str], int]:
    """Which refunds the buyer has got by a lost dispute, and what of the loss is left.

    `owed`: refunds that were never sent, oldest first: (id, amount). One is settled whole or not.
    """
    settled = []
    for name, amount in owed:
        if amount <= loss:
            settled.append(name)
            loss -= amount
    return settled, loss


def place_files(files: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Which document goes where: (purpose, id), newest last. A place takes one document only.

    The newest keeps its own place; the others take the next that is free, from the end. What finds
    none is left out, oldest first.
    """
    placed: dict[str, str] = {}
    spare = []
    for purpose, name in reversed(list(files)):
        if purpose in placed:
            spare.append(name)
        else:
            placed[purpose] = name
    for name in spare:
        free = next((place for place in reversed(PURPOSES) if place not in placed), None)
        if free is None:
            break
        placed[free] = name
    return placed


def media_type_of(content: bytes) -> str | None:
    """What a document really is, by its first bytes; None for what no bank reads."""
    for start, media_type in (
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
    ):
        if content.startswith(start):
            return media_type
    return None
