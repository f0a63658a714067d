"""What the words of a channel say: how it is sold and sent, to whom and why."""

from __future__ import annotations

import re

from trade.rules import Buyer, Carriage, Channel, Purpose, Terms

_REGIONS = {
    "ontario": "ON",
    "quebec": "QC",
    "québec": "QC",
    "british columbia": "BC",
    "alberta": "AB",
    "manitoba": "MB",
    "saskatchewan": "SK",
    "nova scotia": "NS",
    "new brunswick": "NB",
    "newfoundland": "NL",
    "prince edward": "PE",
    r"pei\b": "PE",
    "yukon": "YT",
    "nunavut": "NU",
    "northwest territories": "NT",
    "northern ireland": "NI",
    "canary islands": "IC",
    "åland": "AX",
    "madeira": "MADEIRA",
    "azores": "AZORES",
    "ceuta": "CE",
    "melilla": "ML",
    "livigno": "LIVIGNO",
    "campione": "CAMPIONE",
    "hel[gi]+oland": "HELIGOLAND",
    "b(?:ü|ue)singen": "BUSINGEN",
    "guadeloupe": "GP",
    "martinique": "MQ",
    "r[ée]union": "RE",
    "mount athos": "ATHOS",
}

_UNDENIED = r"(?<!no )(?<!not )(?<!not a )\b"
_DENIED = (
    r"\b(?:no|not|non|without|w/o|outside)[ -]"
    r"(?:(?:a|an|the|in|on|by|via|through|using|under|with|part of) )*"
)


def channel_of(text: str) -> Channel:
    sold_on = r"\b(?:marketplace|platform|edp|redeliverer|omp|remessa conforme|cbec)s?\b"
    if re.search(sold_on, re.sub(_DENIED + sold_on, "", text)):
        return Channel.MARKETPLACE
    if re.search(r"\b(post|postal|mail|ems|letter)\b", text) or not text:
        return Channel.POST
    if re.search(r"\bcross-border e-?commerce\b(?! (?:seller|shop))", text):
        return Channel.MARKETPLACE
    own = r"\b(seller|courier|direct|express|own (?:site|shop)|web ?(?:site|shop|store))\b"
    if is_registered(text) and not re.search(own, text):
        return Channel.MARKETPLACE  # "IOSS", "VOEC": sold through the scheme
    return Channel.COURIER


_TAX_NUMBER = r"(?:vat|gst|tax)[ -](?:registered|number|id)"
_BUSINESS_BUYER = (
    rf"{_UNDENIED}(?:b2b|business[ -]to[ -]business|wholesale|business (?:buyer|customer|importer)|"
    rf"to (?:a |an )?(?:business|company|firm)|{_TAX_NUMBER} (?:buyer|customer|importer|company)|"
    rf"(?:buyer|customer|importer)(?: is| has| with)?(?: an?)? {_TAX_NUMBER})\b"
)


def buyer_of(text: str) -> Buyer:
    return Buyer.BUSINESS if re.search(_BUSINESS_BUYER, text) else Buyer.PRIVATE


def purpose_of(text: str, description: str = "") -> Purpose:
    """Why the goods travel; of a description only what is said of the giver, not "gift set"."""
    if re.search(r"\bc2c\b(?! (?:sales?|sold))|\bgifts? (?:from|between)\b", description):
        return Purpose.GIFT
    wrapped = r"gifts?[ -](?:wrap\w*|cards?|box\w*|bags?|shops?|sets?|messages?|receipts?)\b"
    given = rf"{_UNDENIED}(?:gifts?|c2c(?! (?:sales?|sold|seller)))\b"
    if re.search(given, re.sub(wrapped, "", text)):
        return Purpose.GIFT
    return Purpose.SAMPLE if re.search(rf"{_UNDENIED}samples?\b", text) else Purpose.SALE


_SCHEMES = r"(ioss|voec|gst|vat|lvg|oss|tax)"


def is_registered(text: str, *, unless: bool = False) -> bool:
    """Whether the words say that the tax's scheme is used; `unless` asks if nothing denies it."""
    text = re.sub(_BUSINESS_BUYER, "", text)  # a tax number of the buyer is none of the seller
    denied = re.search(
        rf"{_DENIED}({_SCHEMES}\b|registered|deemed supplier)|unregistered|"
        rf"{_SCHEMES} ?(number )?(is |was )?[:=]? ?(no|none|not|missing|absent|unused|invalid)\b"
        r"(?!\.| ?im\d| incl)|"
        r"\bspecial arrangements?\b|\bstandard import\b|"
        r"(below|under|less than|<)\s*(the )?(turnover|registration|chf 100)",
        text,
    )
    if denied:
        return False
    return unless or bool(re.search(rf"\b(ioss|voec|lvg|(?:{_SCHEMES}[ -])?registered)\b", text))


def carriage_of(text: str) -> Carriage:
    if re.search(r"\b(sea|ocean|ship)\b", text):
        return Carriage.SEA
    if re.search(r"\b(post|postal|mail|ems)\b", text):
        return Carriage.POST
    if re.search(r"\b(air|courier|express)\b", text):
        return Carriage.AIR
    return Carriage.UNSTATED


def region(text: str, destination: str = "") -> str:
    if destination == "GB" and re.search(rf"{_UNDENIED}(?<!excluding )(?<!except )ni\b", text):
        return "NI"
    for name, code in _REGIONS.items():
        if re.search(rf"{_UNDENIED}(?<!excluding )(?<!except ){name}", text):
            return code
    area = r"(on|qc|bc|ab|mb|sk|ns|nb|nl|pe|yt|nt|nu|ni)"
    match = re.search(rf"\bto {area}\b|\bto [^,;]+[,(] ?{area}\b", text)
    return (match[1] or match[2]).upper() if match else ""


def terms_of(text: str) -> Terms:
    paid = (
        r"\bddp\b|at (?:the )?checkout|dut(?:y|ies) (?:and tax(?:es)? )?(?:pre)?paid|prepaid|"
        r"dut(?:y|ies) [^,;]*\b(?:billed|charged|collected)\b[^,;]*\bby (?:the )?(?:marketplace|platform)"
    )
    denied = r"\b(?:no|not|non)[ -](?:(?:\w+ ){0,3}at (?:the )?checkout|\w+)"
    return Terms.DDP if re.search(paid, re.sub(denied, "", text)) else Terms.DAP


def elections(channel: str, origin: str, description: str = "") -> frozenset[str]:
    """What the declarant chose: the US post's fixed amount, a preference by proof of origin."""
    chosen = {"specific-duty"} if re.search(r"\b(specific|flat)\b", channel) else set()
    if any(_claims_preference(words) for words in (f"{origin} {channel}", description)):
        chosen.add("preference")
    return frozenset(chosen)


def _claims_preference(text: str) -> bool:
    claim = re.sub(r"\b(no|not|non|without)\b.*", "", text)
    proof = (
        r"(?:proof|statement|declaration|certificate) (?:of|on) (?:\w+ )?origin|origin declaration"
    )
    pattern = rf"preferen|\w*fta\b|originating|\beur\.1\b|\ba\.tr\b|\brex\b|{proof}"
    return bool(re.search(pattern, claim))
