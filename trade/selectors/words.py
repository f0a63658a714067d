"""The customs desk's answers in the reader's language.

Rows name charges, schemes and doubts by short words; every one of them has its sentence here, and
a test walks the rulebook to see that none is missing.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from common.countries import country_name
from trade.rules.restrictions import Outcome, Restriction
from trade.rules.values import Charge, Unknown
from trade.rules.words import Form, Sentence, explain

# Names that rulebook rows use for a charge or a regime; listed so that translators see them.
NAMES = frozenset(
    {
        gettext_noop("Australian GST on low value goods"),
        gettext_noop("Australian GST on low value goods (seller)"),
        gettext_noop("Australian standard import"),
        gettext_noop("Canada Post handling fee"),
        gettext_noop("Canadian standard import"),
        gettext_noop("Consumption tax"),
        gettext_noop("Consumption tax (reduced)"),
        gettext_noop("Duty"),
        gettext_noop("Duty on post from China"),
        gettext_noop("EU flat duty"),
        gettext_noop("EU standard import"),
        gettext_noop("French small parcel fee"),
        gettext_noop("GST"),
        gettext_noop("GST (zero rate, basic groceries)"),
        gettext_noop("GST-free food"),
        gettext_noop("Goods management levy"),
        gettext_noop("HST"),
        gettext_noop("IEEPA duty"),
        gettext_noop("IEEPA duty, specific method"),
        gettext_noop("IOSS"),
        gettext_noop("IOSS (seller's own number)"),
        gettext_noop("Japanese import"),
        gettext_noop("New Zealand GST on low value goods"),
        gettext_noop("New Zealand GST on low value goods (seller)"),
        gettext_noop("New Zealand standard import"),
        gettext_noop("No duty under VOEC"),
        gettext_noop("No duty up to CAD 150 by courier from the United States or Mexico"),
        gettext_noop("No duty up to EUR 150"),
        gettext_noop("No duty up to GBP 135"),
        gettext_noop("No duty up to USD 800"),
        gettext_noop("No import GST up to SGD 400"),
        gettext_noop("No import VAT up to EUR 22"),
        gettext_noop("No import tax"),
        gettext_noop("No ordinary duty on post"),
        gettext_noop("Norwegian standard import"),
        gettext_noop("Not collected below NZ$60"),
        gettext_noop("Not levied up to CHF 5"),
        gettext_noop("Nothing due at the border up to A$1,000"),
        gettext_noop("Nothing due at the border up to NZ$1,000"),
        gettext_noop("Nothing due up to CAD 20"),
        gettext_noop("Nothing due up to CAD 40 by courier from the United States or Mexico"),
        gettext_noop("Nothing due up to JPY 10,000"),
        gettext_noop("Nothing due up to NOK 350"),
        gettext_noop("Provincial sales tax"),
        gettext_noop("Provincial sales tax (none on basic groceries)"),
        gettext_noop("Romanian parcel fee"),
        gettext_noop("Section 122 duty"),
        gettext_noop("Section 301 duty (Brazil)"),
        gettext_noop("Section 301 duty (forced labour)"),
        gettext_noop("Section 301 duty (forced labour), floor"),
        gettext_noop("Singapore GST on low-value goods"),
        gettext_noop("Singapore GST on low-value goods (seller)"),
        gettext_noop("Singapore standard import"),
        gettext_noop("Swiss mail-order rule"),
        gettext_noop("Swiss platform taxation"),
        gettext_noop("Swiss standard import"),
        gettext_noop("UK standard import"),
        gettext_noop("UK supply VAT up to GBP 135"),
        gettext_noop("UK supply VAT up to GBP 135 (seller)"),
        gettext_noop("US import"),
        gettext_noop("US import with IEEPA duty"),
        gettext_noop("US import with section 122 duty"),
        gettext_noop("US import with section 301 duty"),
        gettext_noop("VAT"),
        gettext_noop("VAT (books)"),
        gettext_noop("VAT (books, zero rate)"),
        gettext_noop("VAT (food)"),
        gettext_noop("VAT (reduced)"),
        gettext_noop("VAT (zero rate, food)"),
        gettext_noop("VAT (zero rate, printed matter)"),
        gettext_noop("VOEC"),
        gettext_noop("VOEC (seller)"),
        gettext_noop("Within Australia"),
        gettext_noop("Within Canada"),
        gettext_noop("Within Japan"),
        gettext_noop("Within New Zealand"),
        gettext_noop("Within Norway"),
        gettext_noop("Within Singapore"),
        gettext_noop("Within Switzerland and Liechtenstein"),
        gettext_noop("Within the country"),
        gettext_noop("Within the European Union"),
        gettext_noop("Within the United Kingdom"),
        gettext_noop("Within the United States"),
    }
)


def say_name(name: str) -> str:
    """A charge's or a regime's name as the reader knows it."""
    return _(name) if name else ""


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
        ("goods", "delivery", "duty"): _("goods, delivery and duty"),
    }
    return words.get(parts.base, _("the goods"))


def say_unknown(unknown: Unknown) -> str:
    """What is not known, and what that means for the buyer."""
    values = {"hs_code": "", "origin": "", "destination": "", "from": "", "to": ""}
    values |= dict(unknown.params)
    if values["origin"]:
        values["origin"] = country_name(values["origin"], get_language() or "en")
    return _UNKNOWNS[unknown.code]() % values


_UNKNOWNS: dict[str, Callable[[], str]] = {
    "destination": lambda: _(
        "Duty and tax into this country are not known here yet. Nothing is charged for them now; "
        "the carrier may ask you for them before delivery."
    ),
    "period": lambda: _(
        "No rule in force on this date is known. Nothing is charged for duty and tax now; the "
        "carrier may ask you for them."
    ),
    "exchange_rate": lambda: _(
        "Duty and tax can't be worked out, because there is no exchange rate between %(from)s and "
        "%(to)s today."
    ),
    "fee_exchange_rate": lambda: _(
        "A fee of the country can't be worked out, because there is no exchange rate between "
        "%(from)s and %(to)s today."
    ),
    "excise": lambda: _(
        "These goods bear an excise duty of the country that is not known here. The carrier may "
        "ask you for it, and for tax on it, before delivery."
    ),
    "flat_duty_route": lambda: _(
        "Whether the EU's flat duty holds for parcels by courier outside the one-stop shop is "
        "disputed; it is included here."
    ),
    "classification": lambda: _(
        "These goods have no customs code yet, so their duty is not known. The carrier may ask you "
        "for it before delivery."
    ),
    "duty_rate": lambda: _(
        "The duty on these goods (code %(hs_code)s) is not known here. The carrier may ask you for "
        "it before delivery."
    ),
    "additional_duty": lambda: _(
        "There may be an additional duty on goods made in %(origin)s that is not known here. The "
        "carrier may ask you for it before delivery."
    ),
    "origin": lambda: _(
        "Where these goods were made is not stated, and an additional duty depends on it. The "
        "carrier may ask you for it before delivery."
    ),
    "tax_rate": lambda: _(
        "The tax on these goods is not known here. The carrier may ask you for it before delivery."
    ),
    "tax_on_unknown_duty": lambda: _(
        "Import tax is charged on a value with duty in it, and the duty is not known. The carrier "
        "may ask you for it before delivery."
    ),
    "region": lambda: _("The tax depends on the province or state: choose it to see the amount."),
    "reduced_rate": lambda: _(
        "A reduced tax rate may hold for these goods, so that less is due than shown."
    ),
    "de_coffee_tax": lambda: _(
        "Germany taxes roasted and instant coffee by weight (about EUR 2.19 a kilogram); customs may "
        "ask for it."
    ),
    "tax_on_duty": lambda: _(
        "Whether tax is due on the flat duty is not settled; it is included here, so that nothing "
        "is added later."
    ),
    "eu_handling_fee": lambda: _(
        "The EU plans a handling fee of EUR 2 for each kind of goods; whether it is collected "
        "already is not confirmed."
    ),
    "national_fee": lambda: _(
        "The country plans a fee of its own on small parcels; whether it is collected already is "
        "not confirmed."
    ),
    "carrier_fee": lambda: _("The carrier may add a handling fee of its own at the door."),
    "entry_charge": lambda: _("Customs may add an entry charge to a parcel of this value."),
    "special_territory": lambda: _(
        "This territory has tax rules of its own that are not known here yet. The carrier may ask "
        "you for tax before delivery."
    ),
    "northern_ireland": lambda: _(
        "Northern Ireland has customs rules of its own that are not known here yet. The carrier may "
        "ask you for duty and tax before delivery."
    ),
    "us_sales_tax": lambda: _(
        "State sales tax is not part of this amount. Nobody asks for it at the door."
    ),
    "us_mpf": lambda: _(
        "US Customs may charge a small processing fee on the entry (USD 2.69 in fiscal year 2026)."
    ),
    "us_china_duties": lambda: _(
        "Goods made in China or Hong Kong bear further US duties by their exact code, which are not "
        "known here. The carrier may ask you for them before delivery."
    ),
    "ca_counter_tariffs": lambda: _(
        "Canada charges counter-tariffs on some goods made in the United States; whether on these "
        "is not known here. The carrier may ask you for them before delivery."
    ),
    "jp_personal_value": lambda: _(
        "Goods for personal use may be valued lower by Japan Customs, so that less is due than "
        "shown."
    ),
}
UNKNOWN_CODES = frozenset(_UNKNOWNS)


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
