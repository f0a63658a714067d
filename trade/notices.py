"""What buyers are told about their tax numbers; never what an authority's register says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from notifications.notices import NoticeTemplate


@dataclass(frozen=True, kw_only=True)
class TaxNumberNotice(NoticeTemplate):
    """number: as its buyer gave it. reason: a moderator's, "" where the authority decided."""

    number: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TaxNumberConfirmed(TaxNumberNotice):
    """It counts from now on."""

    kind: ClassVar[str] = "tax_number_confirmed"


@dataclass(frozen=True, kw_only=True)
class TaxNumberRefused(TaxNumberNotice):
    """It does not count, and why."""

    kind: ClassVar[str] = "tax_number_refused"
