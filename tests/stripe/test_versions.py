"""Where the description and the SDK's newer version part, is known.

Requests are held against the description (2026-05-27.dahlia), which the gateway asks Stripe for; the
SDK's parameter types are of its own, later version. What one of them has and the other has not
would be refused by one of the two. A new difference fails here, so that somebody looks at it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from stripe import RequestOptions, params
from stripe.params.v2.core import AccountLinkCreateParams

from tests.stripe.schema import Schema, description

V1: dict[str, tuple[str, str]] = {
    "RefundCreateParams": ("post", "/v1/refunds"),
    "TransferCreateParams": ("post", "/v1/transfers"),
    "TransferCreateReversalParams": ("post", "/v1/transfers/{id}/reversals"),
    "PayoutCreateParams": ("post", "/v1/payouts"),
    "DisputeModifyParams": ("post", "/v1/disputes/{dispute}"),
    "FileCreateParams": ("post", "/v1/files"),
}
# What the later version has more of: appeals, Mastercard's compliance cases, how to submit.
GROWN = (
    "evidence[appeal]",
    "evidence[enhanced_evidence][mastercard_compliance]",
    "intended_submission_method",
)
# (where, which of the two has it), for what the market could send.
KNOWN = {
    (
        "v2.core.AccountLinkCreateParams",
        "use_case[account_onboarding][configurations]",
    ): "described",
    ("v2.core.AccountLinkCreateParams", "use_case[account_update][configurations]"): "described",
}


def typed_dicts(cls: Any, where: str = "") -> Iterator[str]:
    """The names in a TypedDict of the SDK and in those inside it."""
    module = vars(sys.modules[cls.__module__])
    for name, kind in cls.__annotations__.items():
        inside = f"{where}[{name}]" if where else name
        yield inside
        for word in re.findall(r"\b[A-Z]\w+Params\w*", str(kind)):
            if word in module:
                yield from typed_dicts(module[word], inside)


def described(schema: Schema, where: str = "") -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        inside = f"{where}[{name}]" if where else name
        yield inside
        for choice in (part, part.get("items", {}), *part.get("anyOf", ())):
            yield from described(choice, inside)


def differences(label: str, cls: Any, method: str, path: str) -> dict[tuple[str, str], str]:
    operation = description().operation(method, re.sub(r"\{\w+\}", "x", path))
    assert operation is not None
    assert operation.body is not None
    # How a request is sent stands beside what is sent, in the SDK's older calls.
    theirs = set(typed_dicts(cls)) - set(RequestOptions.__annotations__)
    ours = set(described(operation.body))
    found = {(label, name): "described" for name in ours - theirs}
    return found | {(label, name): "the SDK" for name in theirs - ours}


def test_the_sdk_is_later_than_the_description() -> None:
    assert description().version == "2026-05-27.dahlia"
    assert stripe.api_version > description().version


@pytest.mark.parametrize("name", V1)
def test_v1_bodies_are_the_same_in_both(name: str) -> None:
    found = differences(name, getattr(params, name), *V1[name])
    assert {where: who for where, who in found.items() if not where[1].startswith(GROWN)} == {}


def test_a_link_lost_its_configurations_on_the_way() -> None:
    label = "v2.core.AccountLinkCreateParams"
    assert differences(label, AccountLinkCreateParams, "post", "/v2/core/account_links") == KNOWN
