"""The full public nomenclature is replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from trade.models import NomenclatureCode, NomenclatureEdition


def import_nomenclature(
    *, headings: Mapping[str, str], source: str, now: datetime
) -> NomenclatureEdition:
    """Make these codes the list in use; the one before is removed in the same transaction."""
    with transaction.atomic():
        edition = NomenclatureEdition.objects.create(
            source=source[:200], codes=len(headings), imported_at=now
        )
        NomenclatureCode.objects.bulk_create(
            (
                NomenclatureCode(edition=edition, code=code, heading=heading)
                for code, heading in sorted(headings.items())
            ),
            batch_size=1000,
        )
        NomenclatureEdition.objects.exclude(pk=edition.pk).delete()
    return edition
