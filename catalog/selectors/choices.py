"""The options of a listing (colour, size) as links, so that choosing works without a script."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Variant
from catalog.rules.publishing import option_order
from catalog.selectors.variants import units_left


@dataclass(frozen=True, slots=True)
class OptionValue:
    """One value of an option and the variant that choosing it leads to."""

    label: str
    variant_id: uuid.UUID
    current: bool
    sold_out: bool


@dataclass(frozen=True, slots=True)
class OptionChoice:
    name: str
    values: tuple[OptionValue, ...]


def chosen_variant(variants: Sequence[Variant], asked: str) -> Variant | None:
    """The variant asked for by id; else the first that can be bought, else the first."""
    for variant in variants:
        if str(variant.pk) == asked:
            return variant
    return next((v for v in variants if units_left(v)), variants[0] if variants else None)


def option_choices(variants: Sequence[Variant], chosen: Variant) -> list[OptionChoice]:
    """Each option with its values; a value leads to the variant nearest to the chosen one.

    Options and values stand in the seller's order.
    """
    names: dict[str, dict[str, None]] = {}
    for variant in variants:
        for name, label in variant.options.items():
            names.setdefault(name, {})[label] = None
    return [
        OptionChoice(name, tuple(_value(variants, chosen, name, label) for label in names[name]))
        for name in option_order([variant.options for variant in variants])
    ]


def _value(variants: Sequence[Variant], chosen: Variant, name: str, label: str) -> OptionValue:
    wanted = {**chosen.options, name: label}

    def nearness(variant: Variant) -> tuple[int, bool]:
        same = sum(variant.options.get(key) == value for key, value in wanted.items())
        return same, units_left(variant) > 0

    having = [variant for variant in variants if variant.options.get(name) == label]
    target = max(having, key=nearness)
    return OptionValue(
        label=label,
        variant_id=target.pk,
        current=chosen.options.get(name) == label,
        sold_out=not units_left(target),
    )
