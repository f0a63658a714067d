"""Authorities that are asked about tax numbers; each module speaks to one of them."""

from __future__ import annotations

from django.conf import settings

from trade.gateways import vies
from trade.gateways.vies import Answer

__all__ = ["Answer", "ask_authority", "askable_countries"]


def askable_countries() -> frozenset[str]:
    """The countries whose numbers a machine may be asked about here: none, unless the operator says so."""
    return vies.COUNTRIES if settings.TAX_NUMBER_CHECK == "vies" else frozenset()


def ask_authority(*, country: str, number: str, seconds: float) -> Answer | None:
    """What the authority says within about `seconds`; None where there is none to ask.

    Not to be called in a transaction.
    """
    if country not in askable_countries():
        return None
    return vies.ask(
        number,
        url=settings.VIES_URL,
        requester=settings.VIES_REQUESTER,
        seconds=seconds,
    )
