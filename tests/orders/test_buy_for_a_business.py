"""A buyer says that it buys for a business: only a number that is confirmed makes it one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings as SettingsWrapper

from notifications.models import Notice
from orders.models import Purchase
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper
from tests.trade.register import ATELIER, Register, known, refusal, register, unknown, vouch_for
from trade.models import TaxNumberCheck, TaxNumberClaim
from trade.selectors.tax_numbers import remembered_number
from trade.services.tax_numbers import confirm_number, refuse_number

__all__ = ["register"]

pytestmark = pytest.mark.django_db
BUSINESS = {
    "for_business": "on",
    "business_name": "Atelier Martin",
    "tax_number": "fr 40 303 265 045",
}
NOT_YET = "We could not confirm this number yet. Tax is charged as for private buyers"


@pytest.fixture
def shopper(cast: Cast) -> Shopper:
    made = Shopper("FR")
    made.add(cast.ama.variant, 2)
    return made


def typed(shopper: Shopper, **changes: str) -> tuple[dict[str, str], str]:
    """The number typed at the checkout, and the page that comes back: what was sent, and its text."""
    fields = shopper.filled(shopper.checkout(), **{**BUSINESS, **changes})
    page = shopper.send({**fields, "action": "update"}).content.decode()
    return shopper.filled(page, **{**BUSINESS, **changes}), page


def buy(shopper: Shopper) -> Purchase:
    fields, _page = typed(shopper)
    before = set(Purchase.objects.values_list("pk", flat=True))
    answer = shopper.send(fields)
    assert answer.status_code == 302, answer.content.decode()
    return Purchase.objects.exclude(pk__in=before).get()


def pays_as_a_business(purchase: Purchase) -> bool:
    """Without the scheme, which is for people: the ordinary import, with what it costs."""
    order = purchase.orders.get()
    has_scheme = order.charges.filter(scheme="ioss").exists()
    assert has_scheme == (order.registrations != {})
    return not has_scheme


def receipt(shopper: Shopper, purchase: Purchase) -> str:
    shopper.pay(purchase)
    shopper.come_back(purchase)
    page: str = shopper.client.get(f"/purchases/{purchase.token}/", follow=True).content.decode()
    return page


class TestConfirmed:
    @pytest.fixture(autouse=True)
    def confirmed(self, cast: Cast) -> TaxNumberCheck:
        return vouch_for(ATELIER, country="FR", moderator=cast.mira)

    def test_a_business_pays_the_total_that_it_was_shown(self, shopper: Shopper) -> None:
        fields, page = typed(shopper)
        assert 'value="Atelier Martin"' in page
        assert "This number is confirmed. You buy as a business." in page
        answer = shopper.send(fields)
        assert answer.status_code == 302, answer.content.decode()
        purchase = Purchase.objects.get()
        assert purchase.buyer_business_name == "Atelier Martin"
        assert purchase.buyer_tax_number == ATELIER
        assert pays_as_a_business(purchase)
        shown = receipt(shopper, purchase)
        assert "Atelier Martin" in shown
        assert ATELIER in shown
        assert "was not confirmed" not in shown
        claim = TaxNumberClaim.objects.get()
        assert (claim.purchase_ref, claim.counted) == (purchase.pk, True)

    def test_whoever_ticks_it_after_the_total_was_shown_must_see_the_new_one(
        self, shopper: Shopper
    ) -> None:
        answer = shopper.send(shopper.filled(shopper.checkout(), **BUSINESS))
        assert answer.status_code == 409
        assert not Purchase.objects.exists()

    def test_a_number_refused_meanwhile_does_not_count_any_more(
        self, shopper: Shopper, confirmed: TaxNumberCheck, cast: Cast
    ) -> None:
        fields, _page = typed(shopper)
        refuse_number(check=confirmed, actor=cast.mira, reason="Borrowed.", now=NOW)
        answer = shopper.send(fields)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "The total has changed" in page
        assert "We could not accept this number." in page
        assert not Purchase.objects.exists()
        assert not TaxNumberClaim.objects.exists()

    def test_an_answer_that_is_too_old_does_not_count(self, shopper: Shopper) -> None:
        with time_machine.travel(NOW + timedelta(days=89), tick=False):
            assert NOT_YET not in typed(shopper)[1]
        with time_machine.travel(NOW + timedelta(days=90), tick=False):
            assert NOT_YET in typed(shopper)[1]

    def test_somebody_signed_in_finds_it_filled_in_next_time(
        self, shopper: Shopper, cast: Cast
    ) -> None:
        lucie = Shopper("FR", cast.lucie)
        lucie.add(cast.ama.variant)
        assert ATELIER not in lucie.checkout()
        buy(lucie)
        lucie.add(cast.ama.variant)
        page = lucie.checkout()
        assert f'value="{ATELIER}"' in page
        assert 'value="Atelier Martin"' in page
        assert 'name="for_business" checked' not in page, "for whom, the buyer says each time"
        assert ATELIER not in shopper.checkout(), "a guest is shown nobody's number"
        assert remembered_number(user_id=cast.lucie.pk, country="JP", now=NOW) is None


class TestNotConfirmed:
    def test_a_made_up_number_is_priced_as_a_private_buyers(self, shopper: Shopper) -> None:
        private = shopper.checkout()
        fields, page = typed(shopper)
        assert fields["accepted"] == shopper.filled(private)["accepted"]
        assert NOT_YET in page
        assert 'value="fr 40 303 265 045"' in page, "what was typed stays"
        assert not TaxNumberCheck.objects.exists(), "of a guest who only types nothing is kept"
        assert shopper.send(fields).status_code == 302
        purchase = Purchase.objects.get()
        assert purchase.buyer_tax_number == ATELIER, "it goes onto the papers all the same"
        assert not pays_as_a_business(purchase)
        assert "The number was not confirmed when you bought" in receipt(shopper, purchase)
        claim = TaxNumberClaim.objects.get()
        assert (claim.purchase_ref, claim.counted) == (purchase.pk, False)
        assert claim.about.state == "UNANSWERED"

    def test_nobody_buys_the_total_of_a_business_with_it(
        self, shopper: Shopper, cast: Cast
    ) -> None:
        check = vouch_for(ATELIER, country="FR", moderator=cast.mira)
        cheaper, _page = typed(shopper)
        TaxNumberCheck.objects.filter(pk=check.pk).update(expires_at=NOW)
        assert shopper.send(cheaper).status_code == 409
        assert not Purchase.objects.exists()

    def test_once_a_moderator_confirms_it_the_buyer_is_told_and_buys_as_a_business(
        self, shopper: Shopper, cast: Cast
    ) -> None:
        first = buy(shopper)
        check = TaxNumberCheck.objects.get()
        confirm_number(check=check, actor=cast.mira, reason="In the register.", now=NOW)
        notice = Notice.objects.get(kind="tax_number_confirmed")
        assert (notice.email, notice.recipient) == (first.email, None)
        shopper.add(cast.ama.variant, 2)
        second = buy(shopper)
        assert not pays_as_a_business(first)
        assert pays_as_a_business(second)

    def test_somebody_signed_in_waits_for_it_without_buying(self, cast: Cast) -> None:
        lucie = Shopper("FR", cast.lucie)
        lucie.add(cast.ama.variant)
        for _ in range(2):
            assert "We tell you when it is." in typed(lucie)[1]
        claim = TaxNumberClaim.objects.get()
        assert (claim.user, claim.purchase_ref) == (cast.lucie, None)
        refuse_number(check=claim.about, actor=cast.mira, reason="Not theirs.", now=NOW)
        notice = Notice.objects.get(kind="tax_number_refused")
        assert notice.recipient == cast.lucie
        assert "Not theirs." in notice.text
        assert "We could not accept this number." in typed(lucie)[1]


class TestTheAuthorityIsAsked:
    def test_when_the_field_is_left(self, shopper: Shopper, register: Register) -> None:
        register.answer = known(ATELIER)
        private = shopper.filled(shopper.checkout())
        fields, page = typed(shopper)
        assert "This number is confirmed." in page
        assert fields["accepted"] != private["accepted"]
        assert shopper.send(fields).status_code == 302
        assert pays_as_a_business(Purchase.objects.get())
        assert len(register.asked) == 1

    def test_when_the_buyer_goes_on_at_once(self, shopper: Shopper, register: Register) -> None:
        register.answer = known(ATELIER)
        answer = shopper.send(shopper.filled(shopper.checkout(), **BUSINESS))
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "The total has changed" in page
        assert "This number is confirmed." in page
        assert shopper.send(shopper.filled(page, **BUSINESS)).status_code == 302
        assert pays_as_a_business(Purchase.objects.get())

    def test_a_strangers_number_tells_nothing_of_its_owner(
        self, shopper: Shopper, register: Register
    ) -> None:
        register.answer = known(ATELIER)
        page = typed(shopper, business_name="Somebody else")[1]
        for words in ("REGISTRE", "75001"):
            assert words not in page
        assert TaxNumberCheck.objects.get().authority_name == "SA SOCIETE DU REGISTRE"

    def test_what_it_does_not_know_is_said(self, shopper: Shopper, register: Register) -> None:
        register.answer = unknown(ATELIER)
        fields, page = typed(shopper)
        assert "The tax office does not know this number." in page
        assert shopper.send(fields).status_code == 302
        assert not pays_as_a_business(Purchase.objects.get())

    def test_when_it_is_closed_the_sale_goes_on_with_tax(
        self, shopper: Shopper, register: Register
    ) -> None:
        register.answer = refusal("MS_UNAVAILABLE")
        fields, page = typed(shopper)
        assert NOT_YET in page
        assert shopper.send(fields).status_code == 302
        assert not pays_as_a_business(Purchase.objects.get())
        assert TaxNumberCheck.objects.get().state == "UNANSWERED"

    def test_nobody_tries_out_numbers_through_us(
        self, shopper: Shopper, register: Register, settings: SettingsWrapper
    ) -> None:
        settings.CHECKOUTS_PER_HOUR = 1
        register.answer = {**unknown(ATELIER), **refusal("INVALID_INPUT")}
        for _ in range(8):
            typed(shopper)
        assert len(register.asked) == 5


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tax_number": "FR40303265046"}, "not a valid tax number of France"),
        ({"tax_number": ""}, "without one you buy as a private person"),
        ({"business_name": " "}, "name of the business"),
    ],
)
def test_a_number_that_can_not_be_is_said_beside_its_field(
    shopper: Shopper, changed: dict[str, str], words: str
) -> None:
    answer = shopper.send(shopper.filled(shopper.checkout(), **{**BUSINESS, **changed}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert '<details class="disclosure" open>' in page
    assert ({**BUSINESS, **changed})["business_name"].strip() in page
    assert not Purchase.objects.exists()


def test_without_the_tick_what_stands_there_counts_for_nothing(
    shopper: Shopper, cast: Cast
) -> None:
    vouch_for(ATELIER, country="FR", moderator=cast.mira)
    fields = shopper.filled(shopper.checkout(), business_name="Atelier", tax_number=ATELIER)
    assert shopper.send(fields).status_code == 302
    purchase = Purchase.objects.get()
    assert purchase.buyer_tax_number == ""
    assert not pays_as_a_business(purchase)
