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
    "yukon": "YT",
    "nunavut": "NU",
    "northwest territories": "NT",
    "northern ireland": "NI",
    "canary islands": "IC",
    "åland": "AX",
}

_UNDENIED = r"(?<!no )(?<!not )(?<!not a )\b"
_DENIED = r"\b(?:no|not|non|without|outside)[ -](?:(?:a|an|the|on|by|via|through|using) )*"


def channel_of(text: str) -> Channel:
    sold_on = r"\b(?:marketplace|platform|edp|redeliverer|omp|remessa conforme|cbec)s?\b"
    if re.search(sold_on, re.sub(_DENIED + sold_on, "", text)):
        return Channel.MARKETPLACE
    if re.search(r"\b(post|postal|mail|letter)\b", text) or not text:
        return Channel.POST
    if is_registered(text) and not re.search(r"\b(seller|courier|direct|express)\b", text):
        return Channel.MARKETPLACE  # "IOSS", "VOEC": sold through the scheme
    return Channel.COURIER


def buyer_of(text: str) -> Buyer:
    business = re.search(rf"{_UNDENIED}(?:b2b|business buyer|to a business|wholesale)\b", text)
    return Buyer.BUSINESS if business else Buyer.PRIVATE


def purpose_of(text: str) -> Purpose:
    if re.search(rf"{_UNDENIED}(?:gifts?|c2c)\b", text):
        return Purpose.GIFT
    return Purpose.SAMPLE if re.search(rf"{_UNDENIED}samples?\b", text) else Purpose.SALE


_SCHEMES = r"(ioss|voec|gst|vat|lvg|oss|tax)"


def is_registered(text: str, *, unless: bool = False) -> bool:
    """Whether the words say that the tax's scheme is used; `unless` asks if nothing denies it."""
    denied = re.search(
        rf"{_DENIED}({_SCHEMES}\b|registered)|unregistered|{_SCHEMES} (number )?(is )?not\b|"
        r"(below|under|<)\s*(the )?(turnover|registration|chf 100)",
        text,
    )
    if denied:
        return False
    return unless or bool(re.search(rf"\b(ioss|voec|lvg|(?:{_SCHEMES}[ -])?registered)\b", text))


def carriage_of(text: str) -> Carriage:
    if re.search(r"\b(sea|ocean|ship)\b", text):
        return Carriage.SEA
    if re.search(r"\b(post|postal|mail)\b", text):
        return Carriage.POST
    if re.search(r"\b(air|courier|express)\b", text):
        return Carriage.AIR
    return Carriage.UNSTATED


def region(text: str) -> str:
    for name, code in _REGIONS.items():
        if name in text:
            return code
    match = re.search(r"\bto (on|qc|bc|ab|mb|sk|ns|nb|nl|pe|yt|nt|nu|ni)\b", text)
    return match[1].upper() if match else ""


def terms_of(text: str) -> Terms:
    paid = r"\bddp\b|at checkout|dut(?:y|ies) (?:and tax(?:es)? )?(?:pre)?paid|prepaid"
    return Terms.DDP if re.search(paid, re.sub(r"\b(?:no|not|non)[ -]\w+", "", text)) else Terms.DAP


def elections(channel: str, origin: str) -> frozenset[str]:
    """What the declarant chose: the US post's fixed amount, a preference by proof of origin."""
    chosen = {"specific-duty"} if re.search(r"\b(specific|flat)\b", channel) else set()
    claim = re.sub(r"\b(no|not|non|without)\b.*", "", f"{origin} {channel}")
    if re.search(r"preferen|\w*fta\b|originating|eur\.1\b|\brex\b", claim):
        chosen.add("preference")
    return frozenset(chosen)
