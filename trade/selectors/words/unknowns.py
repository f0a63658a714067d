"""What is not known, and what the rulebook doubts, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.countries import country_name
from trade.rules.values import Unknown


def say_unknown(unknown: Unknown) -> str:
    """What is not known, and what that means for the buyer."""
    values = {"hs_code": "", "origin": "", "destination": "", "from": "", "to": ""}
    values |= dict(unknown.params)
    if values["origin"]:
        values["origin"] = country_name(values["origin"], get_language() or "en")
    return _UNKNOWNS[unknown.code]() % values


_UNKNOWNS: dict[str, Callable[[], str]] = {
    "br_icms_state": lambda: _(
        "Some Brazilian states charge 20 %% instead of 17 %%; more may be due than shown."
    ),
    "cn_articles_value": lambda: _(
        "Chinese customs has a table of its own of what things are worth, which may differ from the price."
    ),
    "cn_cbec_year": lambda: _(
        "A buyer may import CNY 26,000 a year this way; what you bought elsewhere this year is not known "
        "here."
    ),
    "cn_consumption": lambda: _(
        "Jewellery and watches may bear a consumption tax that is not known here. The carrier may ask you "
        "for it before delivery."
    ),
    "cn_cosmetics": lambda: _(
        "Cosmetics from CNY 10 a gram or millilitre bear a consumption tax of 15 %%. The weight stated "
        "decides here; customs looks at the content."
    ),
    "in_budget_2026": lambda: _(
        "Whether India's budget of February 2026 changed these rates is not confirmed."
    ),
    "in_kyc": lambda: _(
        "The courier will ask you for a proof of identity, and may add a fee of its own."
    ),
    "limit_freight": lambda: _(
        "Sources differ on whether the delivery counts towards the limit up to which nothing is due."
    ),
    "my_lvg_parcel": lambda: _(
        "Each piece costs at most RM 500, but the parcel with its delivery comes to more; duty may be due "
        "on it."
    ),
    "tr_declaration": lambda: _(
        "Sources differ on which parcels Türkiye still admits with one fixed tax. Others need a full "
        "declaration, with the tariff's duty, 20 %% VAT and a broker's fee."
    ),
    "tr_extra_20": lambda: _(
        "Some goods (cosmetics, electrical goods, jewellery) bear 20 points more, which is not included "
        "here."
    ),
    "za_reform": lambda: _(
        "South Africa has announced new rules for small parcels; whether they hold already is not "
        "confirmed."
    ),
    "gift_rules": lambda: _(
        "What holds for gifts and samples sent into this country is not known here. The carrier may "
        "ask the receiver for duty and tax."
    ),
    "business_rules": lambda: _(
        "This is what a private buyer would pay; a business may owe the tax itself, or claim it back."
    ),
    "destination": lambda: _(
        "Duty and tax into this country are not known here yet. Nothing is charged for them now; "
        "the carrier may ask for them before delivery."
    ),
    "period": lambda: _(
        "No rule in force on this date is known. Nothing is charged for duty and tax now; the "
        "carrier may ask for them."
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
        "ask for it, and for tax on it, before delivery."
    ),
    "flat_duty_route": lambda: _(
        "Whether the EU's flat duty holds for parcels by courier outside the one-stop shop is "
        "disputed; it is included here."
    ),
    "classification": lambda: _(
        "These goods have no customs code yet, so their duty is not known. The carrier may ask you "
        "for it before delivery."
    ),
    "weight": lambda: _(
        "The duty on these goods goes by their weight, which is not stated. The carrier may ask you "
        "for it before delivery."
    ),
    "short_code": lambda: _(
        "The customs code %(hs_code)s is short and stands for several rates; the one used is a guess."
    ),
    "duty_rate": lambda: _(
        "The duty on these goods (code %(hs_code)s) is not known here. The carrier may ask for "
        "it before delivery."
    ),
    "additional_duty": lambda: _(
        "There may be an additional duty on goods made in %(origin)s that is not known here. The "
        "carrier may ask for it before delivery."
    ),
    "origin": lambda: _(
        "Where these goods were made is not stated, and an additional duty depends on it. The "
        "carrier may ask for it before delivery."
    ),
    "tax_rate": lambda: _(
        "The tax on these goods is not known here. The carrier may ask for it before delivery."
    ),
    "tax_on_unknown_duty": lambda: _(
        "Import tax is charged on a value with duty in it, and the duty is not known. The carrier "
        "may ask for it before delivery."
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
        "The EU's handling fee of EUR 2 for each kind of goods was expected from 1 November 2026 "
        "and is included here; that it is collected already is not confirmed."
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
        "For goods from outside the UK and the EU, Northern Ireland follows the EU's duty and the "
        "UK's VAT; what that comes to is not known here yet. The carrier may ask for both before "
        "delivery."
    ),
    "small_parcel_relief": lambda: _(
        "A parcel this small may be free of duty or tax in this country; that is not confirmed, so "
        "the amounts are included here."
    ),
    "relief_four_a_year": lambda: _(
        "A parcel this small is free of duty and tax four times a year for one person; after that, "
        "the carrier may ask for both before delivery."
    ),
    "sample_relief": lambda: _(
        "Samples of negligible value may be free of duty and tax; that is not taken off here."
    ),
    "mx_rates_2026": lambda: _(
        "Mexico's rates for parcels are those of 2025; whether they still hold in 2026 is not "
        "confirmed."
    ),
    "mx_other_origin": lambda: _(
        "Mexico has lower rates for parcels from the United States and Canada; whether they hold "
        "for goods made elsewhere is not confirmed."
    ),
    "sa_duty_range": lambda: _(
        "Most goods bear 5 %% duty in Saudi Arabia and some up to 15 %%, so that more may be due than "
        "shown."
    ),
    "ke_duty_bands": lambda: _(
        "Kenya's duty is 0, 10, 25 or 35 %% by the exact code; the band was estimated here."
    ),
    "ng_levies": lambda: _(
        "Nigeria adds levies of a few percent to the duty; they change often and are not included "
        "here."
    ),
    "us_postal_claim": lambda: _(
        "A preference for goods by post needs a formal entry in the United States, which may cost "
        "more than it saves."
    ),
    "us_sales_tax": lambda: _(
        "State sales tax is not part of this amount. Nobody asks for it at the door."
    ),
    "us_mpf": lambda: _(
        "US Customs may charge a small processing fee on the entry (USD 2.69 in fiscal year 2026)."
    ),
    "us_china_duties": lambda: _(
        "Goods made in China bear further US duties by their exact code, which are not known for this "
        "one. The carrier may ask for them before delivery."
    ),
    "us_canada_duties": lambda: _(
        "Many goods made in Canada bear 50 %% more duty in the United States, and some may no longer be "
        "imported at all; whether these do is not known here. The carrier may ask you for it before delivery."
    ),
    "ca_counter_tariffs": lambda: _(
        "Canada charges counter-tariffs on some goods made in the United States; whether on these "
        "is not known here. The carrier may ask for them before delivery."
    ),
    "jp_personal_value": lambda: _(
        "Goods for personal use may be valued lower by Japan Customs, so that less is due than "
        "shown."
    ),
}
UNKNOWN_CODES = frozenset(_UNKNOWNS)
