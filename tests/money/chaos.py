"""A story of three purchases, told over wires that may be bad.

The provider is the sandbox, the services and the door for webhooks are the real ones. What a
provider tells goes into a `Wire`, which loses, doubles, holds back, turns round and forges as its
`Trouble` says. Whatever it does: at the end the picture (tests/money/picture.py) must be that of the
clean wire.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import time_machine
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from notifications.services import deliver_batch as deliver_emails
from orders.models import Order, Purchase
from orders.services.completion import confirm_receipt
from orders.services.deadlines import sweep_deadlines
from orders.services.events import BATCH, handle_provider_events
from orders.services.fulfilment import cancel_order, mark_delivered, mark_shipped
from orders.services.reconciling import poll_disputes, poll_late_payments, poll_open_payments
from orders.services.refunds import refund_order
from orders.services.settling import run_settlement
from payments.models import (
    HeldPayment,
    Payment,
    Payout,
    ProviderEvent,
)
from payments.services import submit_payouts, submit_refunds, update_payee
from payments.services.actuals import take_in_movements
from payments.services.missed import ask_about_movements
from payments.services.reserves import release_reserves
from payments.services.reversals import submit_reversals
from payments.states import InboxState
from sandbox import services as sandbox
from sandbox.models import Dispute
from sandbox.models import Payout as SandboxPayout
from sandbox.rules import SIGNATURE_HEADER, signature_header
from tests.cast import NOW, Seller
from tests.money.market import buy, session_of

GOOD, DECLINED, SLOW, DISPUTED = (
    "4242424242424242",
    "4000000000000002",
    "4000000000005126",
    "4000000000002685",
)
DOOR: Final = "/webhooks/sandbox/"
OTHER_DOORS: Final = ("/webhooks/stripe/", "/webhooks/stripe/connect/", "/webhooks/nobody/")
OLD, NEW, NOBODYS = "sandbox-secret-of-last-year", "sandbox-secret-of-today", "a-guess"
NAMESPACE = uuid.UUID("f1ee0000-0000-4000-8000-000000000002")
MINUTE, HOUR = 60, 3600
# When the market's own beat looks round after something has happened, in seconds.
AFTERWARDS = (0, 30, 2 * MINUTE, 65 * MINUTE, 5 * HOUR)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a wire does to what is told over it.

    copies: at most so many of each. hours: how late at most. lost: the share that never arrives.
    forged: so many forgeries before each.
    """

    copies: int = 1
    shuffled: bool = False
    hours: int = 0
    lost: float = 0.0
    forged: int = 0
    replayed: bool = False
    rotated: bool = False


CLEAN = Trouble()
EVERYTHING = Trouble(
    copies=3, shuffled=True, hours=80, lost=0.3, forged=2, replayed=True, rotated=True
)


@dataclass
class Wire:
    """Between the provider and the market's door."""

    trouble: Trouble
    random: Random
    settings: SettingsWrapper
    now: datetime = NOW
    waiting: list[tuple[datetime, bytes]] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)
    client: Client = field(default_factory=Client)
    seen: Counter[str] = field(default_factory=Counter)

    def take(self, body: bytes) -> None:
        """What the provider says; it believes that all is well."""
        self.told.append(body)
        if self.random.random() < self.trouble.lost:
            self.seen["lost"] += 1
            return
        copies = self.random.randint(1, self.trouble.copies)
        self.seen["copies"] += copies - 1
        for _ in range(copies):
            late = self.random.choice((0, 0, self.random.uniform(0, self.trouble.hours)))
            self.seen["late"] += late > 0
            self.waiting.append((self.now + timedelta(hours=late), body))

    def deliver(self) -> None:
        """All that is due arrives, in some order."""
        due = [body for at, body in self.waiting if at <= self.now]
        self.waiting = [one for one in self.waiting if one[0] > self.now]
        if self.trouble.shuffled:
            self.seen["shuffled"] += len(due) > 1
            self.random.shuffle(due)
        for body in due:
            if self.trouble.forged:
                self.forge(body)
            self.arrive(body)

    def arrive(self, body: bytes) -> None:
        """Signed by a secret of the provider's; with one that we no longer take, it tries again."""
        self.seen["arrived"] += 1
        ours: list[str] = self.settings.SANDBOX_WEBHOOK_SECRETS
        secret = self.random.choice((OLD, NEW)) if self.trouble.rotated else ours[0]
        assert self.post(body, secret=secret) == (200 if secret in ours else 400)
        if secret not in ours:
            self.seen["a secret out of use"] += 1
            assert self.post(body, secret=ours[0]) == 200

    def forge(self, body: bytes) -> None:
        """What others send: refused at the door, and nothing of it is kept."""
        before = ProviderEvent.objects.count()
        ours = self.settings.SANDBOX_WEBHOOK_SECRETS[0]
        lie = json.dumps({**json.loads(body), "id": f"evt_{self.random.getrandbits(64)}"}).encode()
        genuine = signature_header(body, secret=ours, now=self.now)
        too_far = timedelta(seconds=301)
        forgeries = [
            (lie, signature_header(lie, secret=NOBODYS, now=self.now), DOOR),
            (lie, genuine, DOOR),
            (body, signature_header(body, secret=ours, now=self.now - too_far), DOOR),
            (body, signature_header(body, secret=ours, now=self.now + too_far), DOOR),
            (body, "", DOOR),
            *((body, genuine, elsewhere) for elsewhere in OTHER_DOORS),
        ]
        for forged, header, door in self.random.sample(forgeries, self.trouble.forged):
            self.seen["forged"] += 1
            assert self.post(forged, header=header, door=door) == 400
        assert ProviderEvent.objects.count() == before

    def post(
        self, body: bytes, *, secret: str = "", header: str | None = None, door: str = DOOR
    ) -> int:
        if header is None:
            header = signature_header(body, secret=secret, now=self.now)
        answer = self.client.post(
            door, body, content_type="application/json", headers={SIGNATURE_HEADER: header}
        )
        return answer.status_code

    def replay(self) -> None:
        """Somebody has kept everything, and sends it once more, the last of it first."""
        if self.trouble.replayed:
            self.seen["replayed"] += len(self.told)
            for body in reversed(self.told):
                self.arrive(body)


@dataclass
class Story:
    """Two shops and their three customers, with a wire of their own."""

    number: int
    ama: Seller
    chiara: Seller
    moderator: Any
    wire: Wire
    now: datetime = NOW
    purchases: dict[str, Purchase] = field(default_factory=dict)

    @property
    def shops(self) -> tuple[Seller, Seller]:
        return self.ama, self.chiara

    def buy_and_pay(self) -> None:
        """Lucie by card, Haruka by a bank that takes long, Fatima with her second card."""
        for shop in self.shops:
            self._bank_account(shop, "first")
        lucie = self._buys("Lucie", "FR", {self.chiara: 3, self.ama: 2})
        haruka = self._buys("Haruka", "JP", {self.ama: 2})
        fatima = self._buys("Fatima", "KW", {self.chiara: 2})
        self._pays(lucie, GOOD)
        self._pays(haruka, SLOW)
        self._pays(fatima, DECLINED)
        self._pays(fatima, DISPUTED)

    def _bank_account(self, shop: Seller, which: str) -> None:
        update_payee(
            payee_id=shop.business.payee_id, destination={"account": f"{which}-{self.number}"}
        )

    def _buys(self, name: str, country: str, wanted: dict[Seller, int]) -> Purchase:
        key = str(uuid.uuid5(NAMESPACE, f"{self.number} {name}"))
        made = buy(country=country, wanted=wanted, checkout=key, now=self.now)
        assert made is not None
        self.purchases[name] = made
        return made

    def _pays(self, purchase: Purchase, card: str) -> None:
        session = session_of(purchase, self.now)
        sandbox.pay_session(session_id=session, card_number=card, now=self.now)

    def slow_bank_pays(self) -> None:
        """Long after Haruka's page was closed."""
        sandbox.finish_transfer(session_id=self._payment("Haruka").session_ref, now=self.now)

    def send_or_call_off(self) -> None:
        """Chiara loses Fatima's payment to her bank before she has sent anything."""
        self._decide("Fatima", won=False)
        broken = self._order("Lucie", self.ama)
        cancel_order(order=broken, actor=None, reason="Broken", now=self.now)
        self._refund("Lucie", self.chiara, 1234)
        for order in self._sent():
            mark_shipped(
                order=order, actor=None, carrier="EMS", tracking_number="EE123456785GH",
                now=self.now,
            )  # fmt: skip
        self._refund("Haruka", self.ama, 777)

    def receive(self) -> None:
        for order in self._sent():
            mark_delivered(order=order, actor=None, now=self.now)
            confirm_receipt(order=order, actor=None, now=self.now)

    def _sent(self) -> tuple[Order, Order]:
        return self._order("Lucie", self.chiara), self._order("Haruka", self.ama)

    def bank_sends_back(self) -> None:
        """What Ama was paid; she gives another account."""
        [payout] = Payout.objects.filter(payee=self.ama.business.payee_id)
        SandboxPayout.objects.filter(pk=payout.provider_ref).update(will_return=True)
        self._bank_account(self.ama, "second")

    def bank_takes_back(self) -> None:
        """Lucie's whole payment, though a part of it was refunded; Ama gives Haruka some more."""
        sandbox.open_dispute(session_id=self._payment("Lucie").session_ref, now=self.now)
        self._refund("Haruka", self.ama, 1500)

    def bank_decides_for_us(self) -> None:
        self._decide("Lucie", won=True)

    def last_refund(self) -> None:
        """Chiara has been paid already, so it is asked back from her."""
        self._refund("Lucie", self.chiara, 600)

    def _decide(self, name: str, *, won: bool) -> None:
        dispute = Dispute.objects.get(session_id=self._payment(name).session_ref)
        sandbox.decide_dispute(dispute_id=dispute.pk, won=won, now=self.now)

    def _refund(self, name: str, shop: Seller, amount: int) -> None:
        order = self._order(name, shop)
        refund_order(
            order=order,
            amount=amount,
            seen_refunded=order.refunded_amount,
            actor=self.moderator,
            reason="Scratched",
            now=self.now,
        )

    def _order(self, name: str, shop: Seller) -> Order:
        return Order.objects.get(purchase=self.purchases[name], business=shop.business)

    def _payment(self, name: str) -> Payment:
        return Payment.objects.get(purchase_ref=self.purchases[name].pk)


@dataclass
class Market:
    """Tells all stories at once, so that they also meet in every batch and sweep."""

    stories: list[Story]
    clock: time_machine.Traveller
    settings: SettingsWrapper
    now: datetime = NOW

    def tell(self) -> None:
        self.settings.SANDBOX_WEBHOOK_SECRETS = [OLD]
        self._all(Story.buy_and_pay)
        # Pages are closed after 15 minutes. An end told in vain is asked for at doubling ages.
        self._rest(0, 4 * MINUTE, 16 * MINUTE, 50 * MINUTE)
        self._all(Story.slow_bank_pays)
        self._rest(0, 47 * MINUTE, 4 * HOUR)
        self._on_day(1)
        self._all(Story.send_or_call_off)
        self._rest(*AFTERWARDS)
        self.settings.SANDBOX_WEBHOOK_SECRETS = [NEW, OLD]
        self._on_day(8)
        self._all(Story.receive)
        run_settlement(now=self.now)
        self._rest(*AFTERWARDS)
        self.settings.SANDBOX_WEBHOOK_SECRETS = [NEW]
        self._on_day(9)
        self._all(Story.bank_sends_back)
        self._rest(*AFTERWARDS)
        self._on_day(11)
        self._all(Story.bank_takes_back)
        self._rest(*AFTERWARDS)
        run_settlement(now=self.now)
        self._rest(*AFTERWARDS)
        self._on_day(14)
        self._all(Story.bank_decides_for_us)
        self._rest(*AFTERWARDS)
        self._all(Story.last_refund)
        run_settlement(now=self.now)
        self._rest(*AFTERWARDS)
        # What was late arrives, what was kept comes again.
        self._on_day(19)
        self._rest(0)
        for story in self.stories:
            assert story.wire.waiting == []
            story.wire.replay()
        self._rest(0, 5 * MINUTE, 2 * HOUR)
        while deliver_emails(now=self.now):
            pass

    def _all(self, do: Callable[[Story], None]) -> None:
        for story in self.stories:
            do(story)

    def _on_day(self, day: int) -> None:
        self._go_on(NOW + timedelta(days=day))

    def _go_on(self, now: datetime) -> None:
        assert now >= self.now
        self.now = now
        self.clock.move_to(now)
        for story in self.stories:
            story.now = story.wire.now = now

    def _rest(self, *seconds: int) -> None:
        """The market's beat looks round at these moments from now."""
        start = self.now
        for after in seconds:
            self._go_on(start + timedelta(seconds=after))
            self._beat(hourly=after >= HOUR)

    def _beat(self, *, hourly: bool) -> None:
        """Everything that workers and beat do, until all who wait have had their turn."""
        now = self.now
        for submit in (submit_refunds, submit_payouts, submit_reversals):
            while submit(now=now):
                pass
        while sandbox.run_bank(now=now):
            pass
        while sandbox.deliver_batch(now=now):
            pass
        for story in self.stories:
            story.wire.deliver()
        poll_open_payments(now=now)
        poll_late_payments(now=now)
        if hourly:
            take_in_movements(provider="sandbox", now=now)
            ask_about_movements(now=now)
            poll_disputes(now=now)
            release_reserves(now=now)
        for _ in range(1 + ProviderEvent.objects.filter(state=InboxState.NEW).count() // BATCH):
            handle_provider_events(now=now)
        sweep_deadlines(now=now)

    def hear(self, _url: str, body: bytes, _headers: dict[str, str]) -> str:
        """Instead of the provider's own way to the market: the wire of the story it is about."""
        about = json.loads(body)["data"]["object"]["metadata"]
        [payee] = [find(uuid.UUID(about[name])) for name, find in PAYEE_OF.items() if name in about]
        [story] = [
            one for one in self.stories if payee in {shop.business.payee_id for shop in one.shops}
        ]
        story.wire.take(body)
        return "200 OK"


PAYEE_OF: Final[dict[str, Callable[[uuid.UUID], uuid.UUID]]] = {
    "payment": lambda pk: HeldPayment.objects.filter(payment=pk)[0].payee_id,
    "refund": lambda pk: HeldPayment.objects.get(refunds=pk).payee_id,
    "payout": lambda pk: Payout.objects.get(pk=pk).payee_id,
    "reversal": lambda pk: Payout.objects.get(reversals=pk).payee_id,
}
