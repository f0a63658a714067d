"""The parts of the world, for lists of countries that people look through."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """In the order in which lists show them."""

    EUROPE = "europe"
    AMERICAS = "americas"
    ASIA = "asia"
    AFRICA = "africa"
    OCEANIA = "oceania"


_MEMBERS = {
    Part.EUROPE: (
        "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI "
        "LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TR UA VA"
    ),
    Part.AMERICAS: (
        "AG AI AR AW BB BL BM BO BQ BR BS BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GT GY HN HT "
        "JM KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI"
    ),
    Part.ASIA: (
        "AE AF AM AZ BD BH BN BT CC CN CX GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK "
        "MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TW UZ VN YE"
    ),
    Part.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG "
        "ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW"
    ),
    Part.OCEANIA: (
        "AQ AS AU BV CK FJ FM GS GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TF TK TO TV UM VU WF "
        "WS"
    ),
}
PART_OF: dict[str, Part] = {
    country: part for part, members in _MEMBERS.items() for country in members.split()
}
"""Every country and territory of ISO 3166-1; the islands around Antarctica stand with Oceania."""
