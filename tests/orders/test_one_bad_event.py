"""An event that can't be handled, whatever it raises, keeps no other event waiting."""

from __future__ import annotations

import pytest
from django.template import TemplateDoesNotExist
from django.urls import NoReverseMatch

from orders.models import Purchase
from orders.services import events, outcomes
from orders.states import PurchaseState
from payments.models import ProviderEvent
from payments.services.charging import PaymentFacts
from payments.states import InboxState
from tests.cast import NOW, Cast
from tests.orders.shopper import Wire
from tests.orders.test_pay import bought


@pytest.mark.parametrize(
    "bug", [NoReverseMatch, TemplateDoesNotExist, RuntimeError, AssertionError]
)
def test_the_events_behind_a_bad_one_are_handled(
    cast: Cast, wire: Wire, monkeypatch: pytest.MonkeyPatch, bug: type[Exception]
) -> None:
    purchases = []
    for _ in range(2):
        shopper, purchase = bought(cast)
        shopper.pay(purchase)
        purchases.append(purchase)
    wire.deliver()
    bad, good = purchases

    def handle(*, facts: PaymentFacts, **more: object) -> Purchase:
        purchase = outcomes.handle_payment_outcome(facts=facts, now=NOW)
        if purchase.pk == bad.pk:
            raise bug("nobody has thought of it")
        return purchase

    monkeypatch.setattr(events, "handle_payment_outcome", handle)
    events.handle_provider_events(now=NOW)
    states = dict(Purchase.objects.values_list("pk", "state"))
    assert states == {bad.pk: PurchaseState.AWAITING_PAYMENT, good.pk: PurchaseState.PAID}
    waiting = ProviderEvent.objects.get(state=InboxState.NEW)
    assert waiting.attempts == 1
    assert bug.__name__ in waiting.last_error
