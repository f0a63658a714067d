"""Which lists are there, how old they are, and whom a name resembles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from common.memory import Remembered
from trade.models import (
    SanctionedParty,
    SanctionsList,
    ScreenedBusiness,
    ScreenedPurchase,
    ScreeningCase,
)
from trade.rules.screening import Entry, ListedName, NameKind, Place, ScreeningIndex
from trade.states import ScreeningState

# A list's rows never change: its index may be kept as long as the list is the current one.
INDEX_SECONDS: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class ListStanding:
    """A list that is required. listed: None where it was never imported."""

    source: str
    listed: SanctionsList | None
    is_stale: bool

    @property
    def is_usable(self) -> bool:
        return self.listed is not None and not self.is_stale


def list_standings(*, now: datetime) -> list[ListStanding]:
    """Every list of SANCTIONS_LISTS: the current import, and whether it is too old to rely on."""
    oldest = now - timedelta(days=settings.SANCTIONS_MAX_AGE_DAYS)
    current = {
        one.source: one
        for one in SanctionsList.objects.filter(
            is_current=True, source__in=settings.SANCTIONS_LISTS
        )
    }
    return [
        ListStanding(
            source,
            listed := current.get(source),
            is_stale=listed is not None and listed.imported_at < oldest,
        )
        for source in settings.SANCTIONS_LISTS
    ]


@dataclass(frozen=True, slots=True)
class Party:
    """An entry as the index found it, with what a case keeps of it."""

    source: str
    ref: str
    digest: str
    published_on: date
    said: dict[str, object]


@dataclass(frozen=True, slots=True)
class LoadedLists:
    """The index of all current lists, and each entry by the key that the index gives."""

    index: ScreeningIndex
    parties: dict[str, Party]


_loaded: Remembered[LoadedLists] = Remembered(INDEX_SECONDS)


def loaded_lists(listed: list[SanctionsList]) -> LoadedLists:
    """The index of these imports; built once a process (docs/screening.md says how long that takes)."""
    key = tuple(sorted(one.pk for one in listed))
    return _loaded.get(key, lambda: _load(key))


def _load(key: tuple[int, ...]) -> LoadedLists:
    _loaded.forget()  # of lists that are not current any more
    entries: list[Entry] = []
    parties: dict[str, Party] = {}
    rows = SanctionedParty.objects.filter(edition__in=key).select_related("edition")
    for row in rows.iterator(chunk_size=5000):
        found = f"{row.edition.source}/{row.ref}"
        said = {
            "names": row.names,
            "countries": row.countries,
            "born": row.born,
            "places": row.places,
            "programme": row.programme,
            "kind": row.kind,
        }
        parties[found] = Party(
            row.edition.source, row.ref, row.digest, row.edition.published_on, said
        )
        entries.append(
            Entry(
                found,
                NameKind(row.kind),
                tuple(ListedName(name["text"], weak=name["weak"]) for name in row.names),
                frozenset(row.countries),
                tuple(row.born),
                tuple(Place(place["street"], place["town"]) for place in row.places),
            )
        )
    return LoadedLists(ScreeningIndex(entries), parties)


def screened_businesses(*, lists: str) -> dict[UUID, str]:
    """Each business that was asked about with these imports, with the key of what was asked."""
    rows = ScreenedBusiness.objects.filter(lists=lists)
    return dict(rows.values_list("business_ref", "subject_key"))


def purchases_of_match(*, case: ScreeningCase) -> list[UUID]:
    """The purchases that were open when their buyer was asked about and resembled this entry."""
    if case.subject_kind != ScreeningCase.Kind.BUYER:
        return []
    rows = ScreenedPurchase.objects.filter(subject_key=case.subject_key)
    return list(rows.order_by("purchase_ref").values_list("purchase_ref", flat=True))


def has_undismissed(*, case: ScreeningCase) -> bool:
    """Whether the same subject has a match that is open or was confirmed."""
    same = ScreeningCase.objects.filter(
        subject_kind=case.subject_kind, subject_key=case.subject_key
    )
    return same.exclude(state=ScreeningState.CLEARED).exists()
