"""The full public nomenclature, as it was last imported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class NomenclatureEdition(models.Model):
    """One import of the six-digit list; the latest is in use."""

    source = models.CharField(max_length=200)
    codes = models.PositiveIntegerField()
    imported_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.source}: {self.codes} ({self.imported_at:%Y-%m-%d})"


class NomenclatureCode(models.Model):
    """A six-digit subheading in the words of its source."""

    edition = models.ForeignKey(NomenclatureEdition, on_delete=models.CASCADE, related_name="rows")
    code = models.CharField(max_length=6)
    heading = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["edition", "code"], name="nomenclature_code_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{6}$"), name="nomenclature_six_digits"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.heading}"
