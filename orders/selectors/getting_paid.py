"""How a seller's account at the payment provider stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.models import ConnectedAccount, Payee
from payments.rules.providers import STRIPE
from payments.services.accounts import BANK_REFUSED, DISCONNECTED
from payments.states import TransfersState
from sellers.models import Business

# What Stripe wants to know, by the beginning of its own name for it; the longest one that fits.
WANTED: dict[str, Promise] = {
    "identity.individual.given_name": _("Your first name"),
    "identity.individual.surname": _("Your last name"),
    "identity.individual.date_of_birth": _("Your date of birth"),
    "identity.individual.address": _("Your home address"),
    "identity.individual.email": _("Your e-mail address"),
    "identity.individual.phone": _("Your telephone number"),
    "identity.individual.id_numbers": _("Your identity or tax number"),
    "identity.individual.nationalities": _("Your nationality"),
    "identity.individual.documents": _("A photo of your passport or identity card"),
    "identity.individual.political_exposure": _("Whether you hold a public office"),
    "identity.individual": _("Who you are"),
    "identity.entity_type": _("Whether you are a person or a company"),
    "identity.country": _("The country you are in"),
    "identity.business_details.registered_name": _("The registered name of your business"),
    "identity.business_details.address": _("The address of your business"),
    "identity.business_details.phone": _("The telephone number of your business"),
    "identity.business_details.id_numbers": _("The tax or registration number of your business"),
    "identity.business_details.structure": _("The legal form of your business"),
    "identity.business_details.documents": _("A document about your business"),
    "identity.business_details": _("About your business"),
    "identity.attestations.terms_of_service": _("Your agreement to Stripe's terms"),
    "identity.attestations.directorship": _("That the directors you named are all of them"),
    "identity.attestations.ownership": _("That the owners you named are all of them"),
    "identity.attestations": _("Your confirmation of what you stated"),
    "identity.persons": _("Who owns and directs your business"),
    "relationship.owner": _("Who owns your business"),
    "relationship.director": _("Who directs your business"),
    "relationship.representative": _("Who speaks for your business"),
    "representative": _("Who speaks for your business"),
    "configuration.recipient.default_outbound_destination": _("The bank account to pay you to"),
    "default_outbound_destination": _("The bank account to pay you to"),
    "default_payment_method": _("The bank account to pay you to"),
    "external_account": _("The bank account to pay you to"),
    "contact_email": _("Your e-mail address"),
    "contact_phone": _("Your telephone number"),
    "defaults.profile.product_description": _("What you sell"),
    "defaults.profile.business_url": _("Your web page"),
    "defaults.profile": _("About your business"),
    "tos_acceptance": _("Your agreement to Stripe's terms"),
}
HOLDS: dict[str, Promise] = {
    DISCONNECTED: _("Your account at Stripe was disconnected from this market."),
    BANK_REFUSED: _("Your bank refused what Stripe sent it. Name another bank account at Stripe."),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that the provider still wants. due: until when, where it said so."""

    words: str
    due: date | None
    is_known: bool


@dataclass(frozen=True, slots=True)
class GettingPaid:
    """uses_account: the seller has (or needs) an account of its own at the provider."""

    uses_account: bool
    is_open: bool
    transfers: TransfersState
    wanted: tuple[Wanted, ...]
    hold: str

    @property
    def is_ready(self) -> bool:
        return self.transfers == TransfersState.ACTIVE and not self.hold


def getting_paid_of(*, business: Business) -> GettingPaid:
    """The page's facts, as the provider last told them."""
    payee = Payee.objects.get(pk=business.payee_id)
    account = ConnectedAccount.objects.filter(payee=payee).exclude(account_ref="").first()
    wanted = _wanted(account.requirements) if account else ()
    hold = str(HOLDS.get(payee.hold_reason, payee.hold_reason)) if payee.payouts_held else ""
    return GettingPaid(
        uses_account=payee.provider == STRIPE,
        is_open=account is not None,
        transfers=TransfersState(account.transfers) if account else TransfersState.NONE,
        wanted=wanted,
        hold=hold,
    )


def _wanted(requirements: list[dict[str, str]]) -> tuple[Wanted, ...]:
    """Several names of one thing are one line, with the earliest date."""
    found: dict[str, Wanted] = {}
    for entry in requirements:
        words = _words(entry["code"])
        due = date.fromisoformat(entry["due"]) if entry["due"] else None
        known = found.get(words or entry["code"])
        if known and (known.due is None or (due and due < known.due)):
            due = due or known.due
        elif known:
            due = known.due
        found[words or entry["code"]] = Wanted(words or entry["code"], due, bool(words))
    far = date.max
    return tuple(sorted(found.values(), key=lambda one: one.due or far))


def _words(code: str) -> str:
    """Stripe's name of a thing in plain words; empty for one that we do not know.

    Names may begin with a person's id, as in "person_1.given_name".
    """
    if code.startswith(("person_", "pers_")):
        code = f"identity.individual.{code.partition('.')[2]}"
    fitting = [known for known in WANTED if code == known or code.startswith(f"{known}.")]
    return str(WANTED[max(fitting, key=len)]) if fitting else ""
