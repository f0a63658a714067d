"""Charges and restrictions as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trade.rules.restrictions import Outcome, Restriction
from trade.rules.values import Charge
from trade.rules.words import Form, Sentence, explain
from trade.selectors.words.names import say_name


def say_charge(charge: Charge) -> str:
    """One sentence: what is charged on what, by which law, since when."""
    parts = explain(charge)
    text = _SENTENCES[parts.form]() % {
        "name": say_name(parts.name),
        "rate": parts.rate,
        "base": _say_base(parts),
    }
    if parts.law and parts.since:
        text += " " + _("(%(law)s), in force since %(since)s.") % {
            "law": parts.law,
            "since": date_format(parts.since, "DATE_FORMAT"),
        }
    return text


_SENTENCES: dict[Form, Callable[[], str]] = {
    Form.NOTHING: lambda: _("%(name)s: nothing is due"),
    Form.RATE: lambda: _("%(name)s: %(rate)s of %(base)s"),
    Form.PER_ITEM: lambda: _("%(name)s: %(rate)s for each kind of goods, however many"),
    Form.PER_UNIT: lambda: _("%(name)s: %(rate)s for each piece"),
    Form.FIXED: lambda: _("%(name)s: %(rate)s for the parcel"),
    Form.STATED: lambda: _("%(name)s: %(rate)s of %(base)s, as the declarant states"),
}


def _say_base(parts: Sentence) -> str:
    words = {
        ("goods",): _("the goods"),
        ("goods", "delivery"): _("goods and delivery"),
        ("goods", "duty"): _("goods and duty"),
        ("duty",): _("the duty"),
        ("weight",): _("the weight"),
        ("goods", "delivery", "duty"): _("goods, delivery and duty"),
    }
    return words.get(parts.base, _("the goods"))


def say_restriction(restriction: Restriction) -> str:
    """What the restriction means for whoever wants to send or buy the goods."""
    text = _RESTRICTIONS[restriction.code]()
    if restriction.outcome is Outcome.WARN and restriction.code not in _MILD:
        return _("Please check: %(text)s") % {"text": text}
    return text


_MILD = frozenset(
    {
        "batteries_in_equipment",
        "biosecurity",
        "food_notice",
        "precious",
        "radio",
    }
)
_RESTRICTIONS: dict[str, Callable[[], str]] = {
    "weapons": lambda: _("Weapons, their parts and ammunition are not sold here."),
    "blades": lambda: _("Swords and similar blades need a permit in many countries."),
    "ivory": lambda: _("Ivory is not sold here, whatever its age."),
    "cites": lambda: _(
        "Parts of protected animals and plants need a CITES permit of the country of export and "
        "often of import."
    ),
    "explosives": lambda: _("Fireworks, matches and explosives can't be sent."),
    "dangerous_goods": lambda: _("Dangerous goods like these can't be sent by post or courier."),
    "batteries_loose": lambda: _(
        "Lithium batteries on their own and power banks are refused by post; few carriers take "
        "them."
    ),
    "batteries_in_equipment": lambda: _(
        "If a lithium battery is built in, the parcel needs the carrier's battery mark."
    ),
    "tobacco": lambda: _("Tobacco and nicotine are not sold here."),
    "alcohol": lambda: _(
        "Alcohol bears excise duty, needs an adult at the door, and is refused by most post."
    ),
    "medicines": lambda: _("Medicines may only be sent with the licences of both countries."),
    "animal_products": lambda: _(
        "Food of animal origin may only enter with a veterinary certificate, from approved "
        "establishments."
    ),
    "biosecurity": lambda: _(
        "Biosecurity officers inspect such goods; untreated ones are destroyed or sent back."
    ),
    "plants": lambda: _("Plants and seeds need a phytosanitary certificate."),
    "food_notice": lambda: _("Food needs prior notice to the US Food and Drug Administration."),
    "flammable": lambda: _(
        "Perfume and other flammable liquids are refused by most post; some couriers take them."
    ),
    "cultural_goods": lambda: _("Antiques and cultural goods may need an export licence."),
    "money": lambda: _("Coins, banknotes and bearer papers can't be sent."),
    "precious": lambda: _("Jewellery and precious stones travel as insured items only."),
    "radio": lambda: _("Radio equipment and drones must meet the rules of the destination."),
    "embargo": lambda: _("Nothing is sold to this country here, because of sanctions against it."),
}
RESTRICTION_CODES = frozenset(_RESTRICTIONS)
