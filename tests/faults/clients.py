"""One client of the bank test: a process that moves money, by the pages where there are pages.

Reads one job as JSON: {"url", "number", "seed", "journal", "goods", "moderator"}. Does one move
after the other until it is told to stop. What somebody was told goes into the journal, a line of
JSON each: at the end it must be true.

A new move is a function of a Client and a line in MOVES.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
import traceback
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import django
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from tests.faults import quarrels
from tests.faults.browserless import PATIENCE_SECONDS, Answer, Form, Refused, Visitor

T = TypeVar("T")
HOMES: Final[dict[str, dict[str, str]]] = {
    "KW": {"name": "Fatima", "street_address": "Block 5, Street 12", "city": "Salmiya"},
    "GB": {
        "name": "Ada Byron",
        "street_address": "12 Long Lane",
        "city": "Leeds",
        "postal_code": "LS1 4AP",
    },
    "JP": {
        "name": "Haruka Sato",
        "street_address": "1-2-3 Umeda, Kita-ku",
        "postal_code": "530-0001",
        "country_area": "Osaka",
    },
}
PAYS, SILENT, TWICE, SLOW = (
    "4242 4242 4242 4242",
    "4000 0000 0000 0259",
    "4000 0000 0000 0341",
    "4000 0000 0000 5126",
)
DECLINED, ASKS = "4000 0000 0000 0002", "4000 0000 0000 3220"
CARDS: Final = {PAYS: 10, SILENT: 3, TWICE: 3, SLOW: 3, DECLINED: 1, ASKS: 2, "": 2}


class Client:
    def __init__(self, job: dict[str, Any]) -> None:
        self.url: str = job["url"]
        self.number: int = job["number"]
        self.goods: list[dict[str, Any]] = job["goods"]
        self.moderator_email: str = job["moderator"]
        self.dice = random.Random(f"{job['seed']}:{self.number}")
        self.trouble: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.sellers: dict[str, Visitor] = {}
        self.wishes = self.periods = 0
        self.stops = False
        self._journal = Path(job["journal"]).open("a", encoding="utf-8")  # noqa: SIM115 - kept open
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_: object) -> None:
        self.stops = True

    def told(self, what: str, **facts: Any) -> None:
        """Somebody was told this, so it must be true at the end."""
        self._journal.write(json.dumps({"told": what, **facts}) + "\n")
        self._journal.flush()

    def run(self) -> None:
        moves, weights = zip(*MOVES.items(), strict=True)
        while not self.stops:
            (move,) = self.dice.choices(moves, weights)
            try:
                move(self)
            except Refused as no:
                self.refused[f"{move.__name__}: {no}"] += 1
            except TimeoutError as error:
                self.told("gave up", move=move.__name__, error=str(error))
            except Exception:  # noqa: BLE001 - whatever it is, the report must show it
                self.told("bug", move=move.__name__, error=traceback.format_exc())
            else:
                self.done[move.__name__] += 1
        self.told(
            "summary",
            moves=dict(self.done),
            refused=dict(self.refused),
            trouble=dict(self.trouble),
        )

    # --- help ------------------------------------------------------------------------------------

    def again(self, work: Callable[[], T]) -> T:
        """Do what needs the database, again where it went away."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return work()
            except (OperationalError, InterfaceError) as error:
                self.trouble[f"database: {type(error.__cause__ or error).__name__}"] += 1
                connection.close()
                if time.monotonic() > deadline:
                    raise TimeoutError("the database stays away") from error
            except DatabaseError as error:
                # What psycopg2 calls a connection that died amid a statement.
                if "server closed the connection" not in str(error):
                    raise
                self.trouble[f"database: {type(error).__name__}"] += 1
                connection.close()
            time.sleep(0.3)

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        def ask() -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return list(cursor.fetchall())

        return self.again(ask)

    def any_order(self, *states: str) -> tuple[str, str, str]:
        """Number, token of its purchase, slug of its seller; of the newest ones, so that clients meet."""
        found = self.rows(
            "SELECT o.number, p.token, b.slug FROM orders_order o"
            " JOIN orders_purchase p ON p.id = o.purchase_id"
            " JOIN sellers_business b ON b.id = o.business_id"
            " WHERE o.state = ANY(%s) AND b.slug = ANY(%s) ORDER BY o.created_at DESC LIMIT 25",
            list(states),
            [one["slug"] for one in self.goods],
        )
        if not found:
            raise Refused("there is no such order")
        number, token, slug = self.dice.choice(found)
        return number, token, slug

    def seller(self, slug: str) -> Visitor:
        """The owner's browser, signed in."""
        if slug not in self.sellers:
            email = next(one["owner"] for one in self.goods if one["slug"] == slug)
            visitor = Visitor(self.url, language="en", trouble=self.trouble)
            name, value = self.again(lambda: signed_in(email))
            visitor.give_cookie(name, value)
            self.sellers[slug] = visitor
        return self.sellers[slug]

    # --- buyers ----------------------------------------------------------------------------------

    def buy(self) -> None:
        """A guest buys from one seller or several, and pays as cards do."""
        country = self.dice.choice(sorted(HOMES))
        guest = Visitor(self.url, language=f"en-{country}", trouble=self.trouble)
        guest.open("/")
        for thing in self.dice.sample(self.goods, self.dice.choice((1, 1, 1, 2, 3))):
            page = guest.open(thing["path"]).page
            fields = Form(page, "/basket/add/").values
            fields["quantity"] = str(self.dice.choice((1, 1, 1, 2, 4)))
            guest.send("/basket/add/", fields)
        self.wishes += 1
        lost = "lost-answer-" if self.dice.random() < 0.1 else ""
        email = f"{lost}{self.number}-{self.wishes}@bank.example"
        checkout = guest.open("/checkout/")
        if "/basket/" in checkout.location:
            raise Refused("sold out before the checkout")
        wish = {"email": email, "country_code": country, "action": "pay", **HOMES[country]}
        placed = guest.send("/checkout/", Form(checkout.page, "/checkout/").values | wish)
        where = self._to_the_provider(guest, placed)
        self.told("placed", email=email)
        (card,) = self.dice.choices([*CARDS], [*CARDS.values()])
        if not card:
            return
        paid = self._pay(guest, where, card)
        if "/checkout/return/" not in paid.location:
            return
        self.told("charged", session=where.split("/sandbox/pay/")[1].split("/")[0])
        if self.dice.random() < 0.5:
            return  # the tab is closed
        receipt = guest.open(urlsplit(paid.location).path)
        if receipt.location.startswith("/purchases/"):
            self.told("receipt", token=receipt.location.split("/")[2])

    def _to_the_provider(self, guest: Visitor, placed: Answer) -> str:
        """The path of the provider's page, by the page of a purchase that waits where need be."""
        for _ in range(20):
            path = urlsplit(placed.location).path
            if path.startswith("/sandbox/pay/"):
                return path
            if placed.status == 409:
                raise Refused("sold out, or another total")
            if placed.status != 302 or not path.startswith("/checkout/return/"):
                raise Refused(f"not placed: {placed.status} {path[:12]}")
            # The session's answer was lost: the page asks, and offers to go on.
            waiting = guest.open(path)
            again = path.replace("/return/", "/pay/")
            if f'action="{again}"' not in waiting.page:
                raise Refused("no longer to be paid")
            placed = guest.send(again, Form(waiting.page, again).values)
            time.sleep(0.5)
        raise AssertionError("the provider's page never opened")

    def _pay(self, guest: Visitor, path: str, card: str) -> Answer:
        page = guest.open(path).page
        if "csrfmiddlewaretoken" not in page:
            raise Refused("no longer to be paid")
        typed = {"number": card, "expiry": "12 / 35", "code": "123", "name": "Somebody"}
        answer = guest.send(path, Form(page, "").values | typed)
        if card == DECLINED and answer.status == 422:
            fields = Form(answer.page, "").values
            return guest.send(path, fields | typed | {"number": PAYS})
        if answer.location.endswith("/confirm/"):
            page = guest.open(answer.location).page
            passed = self.dice.choice(("pass", "pass", "fail"))
            return guest.send(answer.location, Form(page, "").values | {"answer": passed})
        return answer

    def confirm(self) -> None:
        """A buyer says that everything is there."""
        number, token, _ = self.any_order("SHIPPED", "DELIVERED")
        guest = Visitor(self.url, language="en", trouble=self.trouble)
        page = guest.open(f"/purchases/{token}/").page
        action = f"/purchases/{token}/{number}/received/"
        fields = Form(page, action).values
        if not fields:
            raise Refused("somebody was quicker")
        guest.send(action, fields)
        if "The seller is paid now." in guest.open(f"/purchases/{token}/").page:
            self.told("confirmed", order=number)

    def bank_pays_at_last(self) -> None:
        """A slow bank transfer arrives, perhaps when the purchase has ended."""
        found = self.rows(
            "SELECT id FROM sandbox_session WHERE bank_pending AND email LIKE '%%@bank.example'"
            " ORDER BY state = 'EXPIRED' DESC, random()"
        )
        if not found:
            raise Refused("no bank is slow")
        path = f"/sandbox/pay/{found[0][0]}/bank/"
        guest = Visitor(self.url, language="en", trouble=self.trouble)
        answer = guest.send(path, Form(guest.open(path).page, "").values)
        if "/checkout/return/" in answer.location:
            self.told("charged", session=found[0][0])

    # --- sellers ---------------------------------------------------------------------------------

    def ship(self) -> None:
        number, _, slug = self.any_order("PAID")
        self._seller_does(
            number, slug, "ship", {"carrier": "Post", "tracking_number": ""}, "Thank you."
        )

    def cancel(self) -> None:
        number, _, slug = self.any_order("PAID")
        words = "The order is cancelled and the buyer is paid back."
        self._seller_does(number, slug, "cancel", {"reason": "It broke."}, words)

    def _seller_does(
        self, number: str, slug: str, what: str, fields: dict[str, str], words: str
    ) -> None:
        seller = self.seller(slug)
        order = f"/sell/{slug}/orders/{number}/"
        answer = seller.open(order)
        if answer.status != 200 or "/account/login/" in answer.location:
            del self.sellers[slug]
            raise Refused(f"the seller's page: {answer.status} {answer.location[:15]}")
        form = Form(answer.page, f"{order}{what}/").values
        if not form:
            raise Refused("somebody was quicker")
        seller.send(f"{order}{what}/", form | fields)
        if words in seller.open(order).page:
            self.told(f"{what}ped" if what == "ship" else "cancelled", order=number)

    # --- the house -------------------------------------------------------------------------------

    def refund(self) -> None:
        """A moderator gives a part back, or all of it."""
        from accounts.models import User  # noqa: PLC0415 - Django is set up by now
        from orders.models import Order  # noqa: PLC0415
        from orders.services.refunds import (  # noqa: PLC0415
            AlreadyRefundedError,
            RefundAmountError,
            refund_order,
        )
        from payments.services import HeldFrozenError  # noqa: PLC0415

        number, _, _ = self.any_order("PAID", "SHIPPED", "DELIVERED", "COMPLETED")

        def give() -> tuple[int, int]:
            order = Order.objects.get(number=number)
            seen, left = order.refunded_amount, order.total_amount - order.refunded_amount
            if not left:
                raise Refused("nothing is left")
            part = left if self.dice.random() < 0.3 else self.dice.randint(1, left)
            refund_order(
                order=order,
                amount=part,
                seen_refunded=seen,
                actor=User.objects.get(email=self.moderator_email),
                reason="It arrived broken.",
                now=timezone.now(),
            )
            return seen, part

        try:
            seen, part = self.again(give)
        except (AlreadyRefundedError, RefundAmountError, HeldFrozenError) as error:
            # The buyer's bank may have taken the money a moment ago.
            raise Refused(type(error).__name__) from error
        self.told("refunded", order=number, up_to=seen + part)

    def settle(self) -> None:
        """A settlement run of a period of its own, beside those of the clock and of other clients."""
        from payments.services import run_settlement  # noqa: PLC0415

        self.periods += 1
        period = f"client {self.number}-{self.periods}"
        report = self.again(lambda: run_settlement(period=period, now=timezone.now()))
        for payout in report.payouts:
            self.told("payout", payout=str(payout.pk))

    # --- the provider's bad days -----------------------------------------------------------------

    def repeat_webhooks(self) -> None:
        """Everything about one object is told again: twice, or in the wrong order."""
        from sandbox.services import replay_events  # noqa: PLC0415

        found = self.rows("SELECT object_id FROM sandbox_event ORDER BY random() LIMIT 1")
        if not found:
            raise Refused("nothing was told yet")
        turned = self.dice.random() < 0.5
        count = self.again(
            lambda: replay_events(
                object_id=found[0][0],
                times=1 if turned else 2,
                newest_first=turned,
                now=timezone.now(),
            )
        )
        self.told("repeated", count=count)

    def forge_webhook(self) -> None:
        """Somebody without the secret says that a session was paid, and is sent away."""
        body = json.dumps(
            {"id": f"evt_{uuid.uuid4().hex}", "type": "session.paid", "data": {"object": {}}}
        ).encode()
        stamp = int((timezone.now() - timedelta(seconds=self.dice.choice((0, 900)))).timestamp())
        request = urllib.request.Request(
            f"{self.url}/webhooks/sandbox/",
            body,
            {"Content-Type": "application/json", "Sandbox-Signature": f"t={stamp},v1={'0' * 64}"},
        )
        guest = Visitor(self.url, language="en", trouble=self.trouble)
        answer = guest.ask(request)
        if answer.status != 400:
            raise AssertionError(f"a forged webhook was answered {answer.status}")
        self.told("forged")


MOVES: Final[dict[Callable[[Client], None], int]] = {
    Client.buy: 12,
    Client.ship: 7,
    Client.confirm: 6,
    Client.refund: 4,
    Client.cancel: 1,
    Client.bank_pays_at_last: 2,
    Client.settle: 1,
    Client.repeat_webhooks: 1,
    Client.forge_webhook: 1,
    quarrels.charge_back: 2,
    quarrels.bank_decides: 1,
    quarrels.complain: 2,
    quarrels.decide_case: 2,
}


def signed_in(email: str) -> tuple[str, str]:
    """The cookie of somebody who has signed in."""
    from django.test import Client as InProcess  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    with transaction.atomic():
        browser = InProcess()
        browser.force_login(
            User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend"
        )
    ((name, morsel),) = [
        (name, morsel) for name, morsel in browser.cookies.items() if "session" in name
    ]
    return name, morsel.value


def main() -> None:
    job = json.load(sys.stdin)
    django.setup()
    Client(job).run()


if __name__ == "__main__":
    main()
