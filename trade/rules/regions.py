"""The part of a country that has customs or tax rules of its own, read off an address.

The codes are those of the rulebook's `regions`: a Canadian province ("ON"), a Brazilian state ("MG"),
Northern Ireland ("NI"), the Canary Islands ("IC") … and "" where nothing differs.
"""

from __future__ import annotations

import re

_CANADA = {
    "A": "NL",
    "B": "NS",
    "C": "PE",
    "E": "NB",
    "G": "QC",
    "H": "QC",
    "J": "QC",
    "K": "ON",
    "L": "ON",
    "M": "ON",
    "N": "ON",
    "P": "ON",
    "R": "MB",
    "S": "SK",
    "T": "AB",
    "V": "BC",
    "X": "NT",
    "Y": "YT",
}
_PROVINCES = frozenset({*_CANADA.values(), "NU"})
_BRAZIL = frozenset({
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE",
    "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
})  # fmt: skip
# The Northwest Territories and Nunavut share the letter X; the tax is the same.

# Postal codes that begin like this lie in a territory with rules of its own.
_BY_POSTAL_CODE = {
    "GB": {"BT": "NI"},
    "ES": {"35": "IC", "38": "IC", "51": "CE", "52": "ML"},
    "FI": {"22": "AX"},
    "FR": {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT"},
    "GR": {"63086": "ATHOS", "63087": "ATHOS"},
    "IT": {"23041": "LIVIGNO", "23030": "LIVIGNO", "22061": "CAMPIONE"},
    "DE": {"78266": "BUSINGEN", "27498": "HELIGOLAND"},
    "PT": {"90": "MADEIRA", "91": "MADEIRA", "92": "MADEIRA", "93": "MADEIRA", "94": "MADEIRA"}
    | {str(start): "AZORES" for start in range(95, 100)},
}


def tax_region(*, country: str, area: str = "", postal_code: str = "") -> str:
    """The region that rules may name, from an address's country, area and postal code.

    A postal code decides where it can; the area (province code) does otherwise.
    """
    code = re.sub(r"[\s-]", "", postal_code).upper()
    if country == "BR":
        return area.upper() if area.upper() in _BRAZIL else ""
    if country == "CA":
        if area.upper() in _PROVINCES:
            return area.upper()
        return _CANADA.get(code[:1], "")
    for start, region in _BY_POSTAL_CODE.get(country, {}).items():
        if code.startswith(start):
            return region
    return ""
