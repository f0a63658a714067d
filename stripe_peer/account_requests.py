"""The addresses of accounts, of the links that introduce them, and of their thin events."""

from __future__ import annotations

from stripe_peer import currencies
from stripe_peer.accounts import REQUIRED, refresh, requested, shown
from stripe_peer.api import Call, merge_metadata, page, route
from stripe_peer.errors import PeerError, missing
from stripe_peer.parameters import (
    Fields,
    Reader,
    anything,
    boolean,
    integer,
    list_of,
    listing,
    metadata,
    needed,
    one_of,
    retrieving,
    text,
)
from stripe_peer.store import Json, Row
from stripe_peer.world import PLATFORM, World, iso

INCLUDABLE = (
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "future_requirements",
    "identity",
    "requirements",
)
CAPABILITY = Fields(requested=needed(boolean))
RECIPIENT = Fields(
    applied=boolean,
    capabilities=Fields(stripe_balance=Fields(stripe_transfers=CAPABILITY, payouts=CAPABILITY)),
)
ACCOUNT: dict[str, Reader] = {
    "contact_email": text,
    "contact_phone": text,
    "display_name": text,
    "dashboard": one_of("express", "full", "none"),
    "identity": Fields(
        country=text,
        entity_type=one_of("company", "government_entity", "individual", "non_profit"),
        attestations=anything,
        business_details=anything,
        individual=anything,
    ),
    "configuration": Fields(recipient=RECIPIENT),
    "defaults": Fields(
        currency=text,
        locales=list_of(text),
        profile=anything,
        responsibilities=Fields(
            fees_collector=needed(one_of("application", "application_custom", "stripe")),
            losses_collector=needed(one_of("application", "stripe")),
        ),
    ),
    "metadata": metadata,
    "include": list_of(one_of(*INCLUDABLE)),
}


@route("POST", "/v2/core/accounts", Fields(**ACCOUNT))
def create(call: Call) -> Json:
    given, world = call.params, call.world
    duties = given.get("defaults", {}).get("responsibilities")
    country = given.get("identity", {}).get("country", "").upper()
    wanted = requested(given)
    if wanted and not country:
        raise PeerError("identity.country is required.", code="identity_country_required")
    if wanted and duties and duties["losses_collector"] == "stripe":
        raise PeerError(
            "A platform that makes separate charges and transfers must be liable for losses.",
            code="account_controller_unsupported_configuration",
        )
    name = world.new_id("acct")
    currency = given.get("defaults", {}).get("currency")
    row = world.store.add(
        "account",
        name,
        account=PLATFORM,
        data={},
        inner={
            "created": world.now(),
            "country": country,
            "given": {key: value for key, value in given.items() if key != "include"},
            "requested": wanted,
            "missing": list(REQUIRED) if wanted else [],
            "errors": [],
            "transfers": "",
            "reviewing": False,
            "closed": False,
            "settles_in": currencies.check_currency(currency) if currency else "",
            "payouts_fail": "",
        },
    )
    refresh(world, row, tell=False)
    world.emit_thin("v2.core.account.created", related=name)
    return shown(row, given.get("include", ()))


TARGET = Fields(
    configurations=needed(list_of(one_of("customer", "merchant", "recipient"))),
    refresh_url=needed(text),
    return_url=text,
    collection_options=Fields(
        fields=one_of("currently_due", "eventually_due"),
        future_requirements=one_of("include", "omit"),
    ),
)


@route(
    "POST",
    "/v2/core/account_links",
    Fields(
        account=needed(text),
        use_case=needed(
            Fields(
                type=needed(one_of("account_onboarding", "account_update")),
                account_onboarding=TARGET,
                account_update=TARGET,
            )
        ),
    ),
)
def link(call: Call) -> Json:
    """A page for the seller; it opens once and not for long."""
    world = call.world
    account = _find(world, call.get("account"))
    case = call.get("use_case")
    if case["type"] not in case:
        raise PeerError(f"use_case.{case['type']} is required.", code="invalid_fields")
    token = world.new_id("link")
    expires = world.now() + 600
    world.store.add(
        "link",
        token,
        account=PLATFORM,
        data={"account": account.id, "target": case[case["type"]], "expires_at": expires},
        inner={"used": False},
    )
    return {
        "object": "v2.core.account_link",
        "account": account.id,
        "created": iso(world.time()),
        "expires_at": iso(expires),
        "livemode": False,
        "url": f"{world.base}/setup/{token}",
        "use_case": case,
    }


# --- the rest of the API --------------------------------------------------------------------------


def _find(world: World, name: str) -> Row:
    row = world.store.find(name, "account")
    if row is None:
        raise missing("account", name)
    return row


@route("GET", "/v2/core/accounts/{name}", Fields(include=list_of(one_of(*INCLUDABLE))))
def retrieve(call: Call, name: str) -> Json:
    return shown(_find(call.world, name), call.get("include", ()))


@route("POST", "/v2/core/accounts/{name}", Fields(**ACCOUNT))
def update(call: Call, name: str) -> Json:
    world = call.world
    row = world.store.edit(_find(world, name).id)
    given = row.inner["given"]
    for field, value in call.params.items():
        if field == "metadata":
            given["metadata"] = merge_metadata(given.get("metadata") or {}, value)
        elif field == "identity":
            given["identity"] = {**given.get("identity", {}), **value}
        elif field != "include":
            given[field] = value
    if requested(call.params) and not row.inner["requested"]:
        row.inner["requested"] = True
        row.inner["missing"] = list(REQUIRED)
    if call.get("identity", {}).get("country"):
        row.inner["country"] = call.get("identity")["country"].upper()
    world.emit_thin("v2.core.account.updated", related=row.id)
    refresh(world, row)
    return shown(row, call.get("include", ()))


@route("POST", "/v2/core/accounts/{name}/close", Fields(applied_configurations=list_of(text)))
def close(call: Call, name: str) -> Json:
    row = call.world.store.edit(_find(call.world, name).id)
    row.inner["closed"] = True
    refresh(call.world, row)
    call.world.emit_thin("v2.core.account.closed", related=row.id)
    return shown(row, ())


@route(
    "GET",
    "/v2/core/accounts",
    Fields(limit=integer, page=text, applied_configurations=list_of(text), closed=boolean),
)
def list_accounts(call: Call) -> Json:
    rows = [row for row in call.world.of("account") if row.id != PLATFORM]
    return {
        "data": [shown(row, ()) for row in rows[: call.get("limit", 20)]],
        "next_page_url": None,
        "previous_page_url": None,
    }


@route("GET", "/v2/core/events", Fields(object_id=text, limit=integer, page=text, types=anything))
def list_thin_events(call: Call) -> Json:
    wanted = call.get("object_id")
    rows = [
        row
        for row in call.world.of("v2.core.event")
        if wanted in (None, row.data["related_object"]["id"])
    ]
    return {
        "data": [row.data | {"data": row.inner["data"]} for row in rows[: call.get("limit", 20)]],
        "next_page_url": None,
        "previous_page_url": None,
    }


@route("GET", "/v2/core/events/{name}", Fields())
def retrieve_thin_event(call: Call, name: str) -> Json:
    row = call.world.get("v2.core.event", name)
    return row.data | {"data": row.inner["data"]}


@route("GET", "/v1/accounts/{name}", retrieving())
def retrieve_v1(call: Call, name: str) -> Row:
    return _find(call.world, name)


@route("GET", "/v1/accounts", listing())
def list_v1(call: Call) -> Json:
    return page(call, "account")
