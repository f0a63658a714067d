"""What each restriction means for whoever wants to send or buy the goods."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from trade.rules.restrictions import Outcome, Restriction


def say_restriction(restriction: Restriction) -> str:
    """The restriction in a sentence or two; what words alone suggest is put as a question."""
    text = _SENTENCES[restriction.code]()
    if restriction.by_words:
        return _("Please check: %(text)s") % {"text": text}
    if restriction.outcome is Outcome.LICENCE and restriction.lacks_permit:
        return _("%(text)s The seller has not said that it holds the permit.") % {"text": text}
    return text


def say_outcome(outcome: Outcome) -> str:
    """An outcome as the seller's table says it."""
    return _OUTCOMES[outcome]()


_OUTCOMES: dict[Outcome, Callable[[], str]] = {
    Outcome.BLOCK: lambda: _("Can't be sent"),
    Outcome.LICENCE: lambda: _("Only with a permit"),
    Outcome.CARRIER_ONLY: lambda: _("Not by ordinary post"),
    Outcome.WARN: lambda: _("To know"),
}

_SENTENCES: dict[str, Callable[[], str]] = {
    "weapons": lambda: _("Weapons, their parts and ammunition are not sold here."),
    "blades": lambda: _("Swords and similar blades need a permit in many countries."),
    "blades_banned": lambda: _(
        "Switchblades, butterfly knives, knuckledusters and throwing stars are forbidden in many "
        "countries."
    ),
    "knives_age": lambda: _(
        "Knives and blades are sold to adults only; the carrier checks the age at the door."
    ),
    "ivory": lambda: _("Ivory is not sold here, whatever its age."),
    "cites": lambda: _(
        "Parts of protected animals and plants need a CITES permit of the country of export and "
        "often of import."
    ),
    "animal_fur": lambda: _(
        "Furs of some animals (seals, dogs, cats, and in Israel most others) may not be sold there."
    ),
    "explosives": lambda: _("Fireworks, matches and explosives can't be sent."),
    "dangerous_goods": lambda: _("Dangerous goods like these can't be sent by post or courier."),
    "dangerous_goods_carrier": lambda: _(
        "Dangerous goods like these travel with carriers that take them, packed and marked as they "
        "ask, and never by post."
    ),
    "aerosols": lambda: _("Aerosols are refused by post; few couriers take them."),
    "flammable": lambda: _(
        "Perfume and other flammable liquids are refused by most post; some couriers take them."
    ),
    "charcoal": lambda: _(
        "Charcoal can heat by itself; carriers take it only with a test report or by sea."
    ),
    "magnets": lambda: _(
        "Strong magnets must be packed so that their field does not reach the outside of the parcel."
    ),
    "batteries_loose": lambda: _(
        "Lithium batteries on their own and power banks are refused by post; few carriers take "
        "them."
    ),
    "batteries_packed": lambda: _(
        "A battery beside the thing, not inside it, is refused by most post. Couriers take two "
        "spare ones with the battery mark on the parcel."
    ),
    "batteries_in_equipment": lambda: _(
        "If a lithium battery is built in, the parcel needs the carrier's battery mark; at most four "
        "cells of 20 Wh or two batteries of 100 Wh."
    ),
    "batteries_large": lambda: _(
        "A battery of more than 100 Wh is fully regulated dangerous goods: few carriers take it."
    ),
    "tobacco": lambda: _("Tobacco and nicotine are not sold here."),
    "vapes": lambda: _("Electronic cigarettes are forbidden in some countries, and in US post."),
    "narcotics": lambda: _("Drugs and the plants they come from are not sold here."),
    "alcohol": lambda: _(
        "Alcohol bears excise duty, needs an adult at the door, and is refused by most post."
    ),
    "alcohol_banned": lambda: _("Alcohol may not be brought into this country."),
    "alcohol_licence": lambda: _("Alcohol enters this country only with a licence of the buyer."),
    "medicines": lambda: _("Medicines may only be sent with the licences of both countries."),
    "supplements": lambda: _(
        "Food supplements count as medicines in some countries: check what is in them."
    ),
    "animal_products": lambda: _(
        "Food of animal origin may only enter with a veterinary certificate, from approved "
        "establishments."
    ),
    "pork": lambda: _("Pork may not be brought into this country."),
    "biosecurity": lambda: _(
        "Biosecurity officers inspect such goods; untreated ones are destroyed or sent back."
    ),
    "plants": lambda: _("Plants and seeds need a phytosanitary certificate."),
    "plant_health": lambda: _(
        "Plant quarantine may ask for a phytosanitary certificate, unless the goods are roasted, "
        "cooked or otherwise processed."
    ),
    "wood_packaging": lambda: _("Wooden crates must be heat-treated and marked (ISPM 15)."),
    "food_notice": lambda: _("Food needs prior notice to the US Food and Drug Administration."),
    "food_registration": lambda: _(
        "Food may need its maker's registration or an importer's permit there."
    ),
    "chewing_gum": lambda: _("Chewing gum may not be brought into Singapore."),
    "cosmetics": lambda: _(
        "Cosmetics need a responsible person there, a safety report, and notification before they "
        "are sold."
    ),
    "cosmetics_us": lambda: _("Cosmetics must be listed with the US Food and Drug Administration."),
    "toys": lambda: _(
        "Toys must be tested and marked for the destination (CE, UKCA, or a children's product "
        "certificate)."
    ),
    "electrical": lambda: _(
        "Electrical goods must bear the CE or UKCA mark, and somebody there must answer for them."
    ),
    "radio": lambda: _("Radio equipment and drones must meet the rules of the destination."),
    "drones_banned": lambda: _("Drones may not be brought into this country."),
    "drones_licence": lambda: _("Drones enter this country only with an import authorisation."),
    "jammers": lambda: _("Devices that disturb radio are forbidden nearly everywhere."),
    "laser_pointers": lambda: _("Strong laser pointers need a permit or are forbidden there."),
    "dual_use": lambda: _(
        "Goods of civil and military use, such as night vision, may need an export licence."
    ),
    "baby_walkers": lambda: _("Baby walkers with wheels are forbidden in Canada."),
    "cultural_goods": lambda: _("Antiques and cultural goods may need an export licence."),
    "cultural_goods_eu": lambda: _(
        "Old cultural goods enter the EU only with an import licence or an importer's statement."
    ),
    "money": lambda: _("Coins, banknotes and bearer papers can't be sent."),
    "precious": lambda: _("Jewellery and precious stones travel as insured items only."),
    "counterfeit": lambda: _(
        "A brand's name or figure may be used only for the maker's own goods. Customs destroy copies."
    ),
    "used_clothing": lambda: _("Used clothing may not be brought into this country freely."),
    "vague": lambda: _(
        "Customs refuse this description. Say what it is, of what and for what: “men's knitted "
        "cotton T-shirt”."
    ),
    "embargo": lambda: _("Nothing is sold to this country here, because of sanctions against it."),
    "embargo_region": lambda: _("Nothing is sold to this region here, because of sanctions."),
    "embargo_region_notice": lambda: _(
        "Nothing is sent to Crimea, Sevastopol and the occupied parts of Donetsk and Luhansk."
    ),
    "sanctions_us": lambda: _("US sanctions hold against this country; carriers may refuse it."),
}
RESTRICTION_CODES = frozenset(_SENTENCES)
