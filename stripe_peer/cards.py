"""Test cards and bank accounts, by Stripe's published numbers, and what each does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    number: str
    brand: str = "visa"
    country: str = "US"
    # (code, decline_code, message) of a card that is declined.
    decline: tuple[str, str, str] | None = None
    authenticate: bool = False
    # Reason of the dispute that follows the payment; `inquiry` takes no money.
    dispute: str = ""
    inquiry: bool = False
    warning: bool = False
    available_now: bool = False
    # What becomes of a refund: "" succeeds at once, "later" after a while, "fails" after a while.
    refund: str = ""

    @property
    def last4(self) -> str:
        return self.number[-4:]


def _declined(code: str, decline_code: str, message: str) -> tuple[str, str, str]:
    return (code, decline_code, message)


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("5555555555554444", brand="mastercard"),
        Card("378282246310005", brand="amex"),
        Card("4000000000000077", available_now=True),
        Card("4000000000003220", authenticate=True),
        Card("4000002500003155", authenticate=True),
        Card(
            "4000000000000002",
            decline=_declined("card_declined", "generic_decline", "Your card was declined."),
        ),
        Card(
            "4000000000009995",
            decline=_declined(
                "card_declined", "insufficient_funds", "Your card has insufficient funds."
            ),
        ),
        Card(
            "4000000000000341",
            decline=_declined("card_declined", "generic_decline", "Your card was declined."),
        ),
        Card("4000000000000069", decline=_declined("expired_card", "", "Your card has expired.")),
        Card(
            "4000000000000119",
            decline=_declined(
                "processing_error",
                "processing_error",
                "An error occurred while processing your card. Try again in a little bit.",
            ),
        ),
        Card("4000000000000259", dispute="fraudulent"),
        Card("4000000000002685", dispute="product_not_received"),
        Card("4000000000001976", dispute="fraudulent", inquiry=True),
        Card("4000000000005423", warning=True),
        Card("4000000000007726", refund="later"),
        Card("4000000000005126", refund="fails"),
    )
}
# Names under which a payment method may be given instead of a number.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_createIssuerFraudRecord": "4000000000005423",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}
# Bank accounts on the payment page: the money comes later, or in the end not at all.
BANKS = {"bank_succeeds": True, "bank_fails": False}


def card_of(given: str) -> Card | None:
    """By number, with blanks or without, or by the name of a test payment method."""
    digits = given.replace(" ", "").replace("-", "")
    return CARDS.get(TOKENS.get(given, digits))
