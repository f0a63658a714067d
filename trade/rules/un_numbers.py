"""The UN numbers of dangerous goods that small parcels may hold; pure.

Names in our own words. What else the UN lists, small sellers don't send; it is refused as unknown.
"""

from __future__ import annotations

UN_NUMBERS: dict[str, str] = {
    "0336": "Fireworks, class 1.4G",
    "0337": "Fireworks, class 1.4S",
    "1013": "Carbon dioxide cartridges",
    "1057": "Lighters and their gas",
    "1090": "Acetone",
    "1133": "Flammable adhesives",
    "1170": "Ethanol and its solutions",
    "1197": "Flavouring and fragrance extracts, liquid",
    "1210": "Flammable printing ink",
    "1219": "Isopropyl alcohol",
    "1263": "Paint, lacquer, varnish, nail varnish",
    "1266": "Perfume and perfumery products",
    "1306": "Wood preservatives, liquid",
    "1325": "Flammable solids, organic",
    "1361": "Charcoal and carbon that may heat by itself",
    "1362": "Activated carbon",
    "1760": "Corrosive liquids",
    "1791": "Bleach (hypochlorite solutions)",
    "1845": "Dry ice",
    "1866": "Resin solutions",
    "1944": "Safety matches",
    "1945": "Wax matches",
    "1950": "Aerosols",
    "1987": "Alcohols",
    "1993": "Flammable liquids",
    "2037": "Small gas cartridges",
    "2794": "Wet batteries with acid",
    "2800": "Wet batteries, non-spillable",
    "2807": "Strong magnets",
    "2809": "Mercury",
    "3077": "Environmentally hazardous solids",
    "3082": "Environmentally hazardous liquids",
    "3065": "Alcoholic drinks over 24 %",
    "3090": "Lithium metal batteries, loose",
    "3091": "Lithium metal batteries in or with equipment",
    "3164": "Articles under gas or liquid pressure",
    "3171": "Battery-powered vehicles and equipment",
    "3269": "Polyester resin kits",
    "3316": "Chemical or first aid kits",
    "3480": "Lithium-ion batteries, loose",
    "3481": "Lithium-ion batteries in or with equipment",
    "3506": "Mercury in manufactured articles",
    "3551": "Sodium-ion batteries, loose",
    "3552": "Sodium-ion batteries in or with equipment",
}
# Codes under which things with a battery in them come; a seller of these is asked.
MAY_HOLD_BATTERY = (
    "8467", "8470", "8471", "8472", "8506", "8507", "8508", "8509", "8510", "8512", "8513", "8517",
    "8518", "8519", "8521", "8523", "8525", "8526", "8527", "8528", "8529", "8531", "8536", "8539",
    "8543", "8711", "8712", "8713", "8714", "8806", "9004", "9006", "9013", "9017", "9018", "9019",
    "9025", "9026", "9027", "9029", "9030", "9031", "9032", "9101", "9102", "9103", "9105", "9207",
    "9405", "9503", "9504", "9505", "9506", "9603", "9614", "9616",
)  # fmt: skip
# Of these hardly any goes without one: the answer is wanted before buyers see the listing.
HOLDS_BATTERY = (
    "8506", "8507", "8513", "851713", "851714", "851762", "851821", "851822", "851830", "847130",
    "8525", "8527", "8806", "950450", "854340",
)  # fmt: skip


def may_hold_battery(hs_code: str) -> bool:
    """Whether a thing of this code may have a battery in it."""
    return hs_code.startswith(MAY_HOLD_BATTERY)


def holds_battery(hs_code: str) -> bool:
    """Whether a thing of this code nearly always has one, or is one."""
    return hs_code.startswith(HOLDS_BATTERY)
