"""What reconciliation has to look at, and what it found."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from payments.models import Difference, Payment, ReconciliationRun
from payments.states import DifferenceState


def providers_in_use() -> list[str]:
    """Every provider that ever charged a buyer for us; each keeps an account statement."""
    found = Payment.objects.order_by("provider").values_list("provider", flat=True).distinct()
    return list(found)


def open_differences(*, providers: Sequence[str] = ()) -> QuerySet[Difference]:
    """What nobody has put right yet, oldest first."""
    rows = Difference.objects.filter(state=DifferenceState.OPEN).order_by("pk")
    return rows.filter(provider__in=providers) if providers else rows


def last_runs() -> list[ReconciliationRun]:
    """The newest run of each provider."""
    newest = ReconciliationRun.objects.order_by("provider", "-started_at").distinct("provider")
    return list(newest)
