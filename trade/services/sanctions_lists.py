"""Taking sanctions lists in: the only writers of lists and of who is on them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from trade.models import SanctionedParty, SanctionsList
from trade.rules.sanction_lists import ParsedList, ParsedParty, read_files, read_list
from trade.rules.sanction_lists.demo import read_demo

DEMO_SOURCE: Final = "demo"
DEMO_FILE = Path(__file__).resolve().parent.parent / "data" / "demo_sanctions.toml"
# A list that lost more than half of its entries is more likely a cut file than good news.
LEAST_SHARE: Final = 0.5
OLDEST = timedelta(days=60)
BATCH: Final = 2000


class ListRefusedError(ValueError):
    """A whole list that is doubtful; the text says why. It is taken with `force` and a reason."""


def import_list(
    *,
    source: str,
    content: bytes | Mapping[str, bytes],
    published_on: date | None = None,
    force: bool = False,
    reason: str = "",
    now: datetime,
) -> SanctionsList:
    """Put a list in the place of the one before, all of it or nothing.

    source: one of trade.rules.sanction_lists.SOURCES. content: of the file, or of each file by its
    name in lower case where the list has several; published_on: their day, only for those. force, with a reason: take also what is older
    than what we have or than OLDEST, of tomorrow, or less than half as long. Raises ListError for a
    file that is no such list and ListRefusedError.
    """
    if force and not reason.strip():
        raise ListRefusedError("a doubtful list is taken only with a reason")
    if isinstance(content, bytes):
        parsed = read_list(source, io.BytesIO(content))
    else:
        parsed = read_files(source, content, published_on=published_on)
    return _replace(
        source=source,
        parsed=parsed,
        digest=_digest({"": content} if isinstance(content, bytes) else content),
        force=force,
        reason=reason.strip(),
        now=now,
    )


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for _name, content in sorted(files.items()):
        digest.update(content)
    return digest.hexdigest()


def refresh_demo_list(*, now: datetime) -> SanctionsList:
    """The invented list of a demo, as new as today; imported again only when it isn't."""
    content = DEMO_FILE.read_text(encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    current = SanctionsList.objects.filter(source=DEMO_SOURCE, is_current=True).first()
    if current and current.digest == digest and current.published_on >= now.date():
        return current
    parsed = read_demo(content, published_on=now.date())
    return _replace(
        source=DEMO_SOURCE, parsed=parsed, digest=digest, force=True, reason="demo", now=now
    )


@transaction.atomic
def _replace(
    *, source: str, parsed: ParsedList, digest: str, force: bool, reason: str, now: datetime
) -> SanctionsList:
    before = (
        SanctionsList.objects.select_for_update().filter(source=source, is_current=True).first()
    )
    if not force:
        _check(parsed, before, now.date())
    if before is not None:
        before.parties.all().delete()
        SanctionsList.objects.filter(pk=before.pk).update(is_current=False)
    made = SanctionsList.objects.create(
        source=source,
        published_on=parsed.published_on,
        imported_at=now,
        entries=len(parsed.parties),
        digest=digest,
        reason=reason,
    )
    SanctionedParty.objects.bulk_create(_rows(made, parsed.parties), batch_size=BATCH)
    return made


def _check(parsed: ParsedList, before: SanctionsList | None, today: date) -> None:
    published, entries = parsed.published_on, len(parsed.parties)
    if published > today:
        raise ListRefusedError(f"it says that it was published on {published}, which is to come")
    if published < today - OLDEST:
        raise ListRefusedError(f"it was published on {published}, more than {OLDEST.days} days ago")
    if before is None:
        return
    if published < before.published_on:
        raise ListRefusedError(
            f"it was published on {published}, before the one we have ({before.published_on})"
        )
    if entries < before.entries * LEAST_SHARE:
        raise ListRefusedError(
            f"it has {entries} entries where there were {before.entries}: less than half"
        )


def _rows(made: SanctionsList, parties: Sequence[ParsedParty]) -> list[SanctionedParty]:
    return [_row(made, party) for party in parties]


def _row(made: SanctionsList, party: ParsedParty) -> SanctionedParty:
    said = {
        "kind": party.kind.value,
        "names": [{"text": name.text, "weak": name.weak} for name in party.names],
        "countries": list(party.countries),
        "born": list(party.born),
        "programme": party.programme,
        "places": [{"street": place.street, "town": place.town} for place in party.places],
    }
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return SanctionedParty(edition=made, ref=party.ref[:80], digest=digest, **said)
