"""Connected accounts: what is known of each, what follows from it, and how v1 and v2 show it."""

from __future__ import annotations

import copy

from stripe_peer.store import Json, Row
from stripe_peer.transfers import REGION
from stripe_peer.world import World, iso, timer

# What onboarding asks for, in Stripe's words, and the field that brings it.
REQUIRED = (
    "identity.individual.given_name",
    "identity.individual.address.line1",
    "identity.attestations.terms_of_service.account.date",
    "default_payment_method",
)


def requested(given: Json) -> bool:
    found = given.get("configuration", {}).get("recipient", {}).get("capabilities", {})
    wanted: Json = found.get("stripe_balance", {}).get("stripe_transfers", {})
    return bool(wanted.get("requested"))


def refresh(world: World, row: Row, *, tell: bool = True) -> None:
    """What follows from what is known of the account: its capability and what v1 shows."""
    inner = row.inner
    before = inner["transfers"]
    if not inner["requested"]:
        inner["transfers"] = ""
    elif inner["country"] not in REGION:
        inner["transfers"] = "unsupported"
    elif inner["missing"] or inner["errors"] or inner["closed"]:
        inner["transfers"] = "restricted"
    else:
        inner["transfers"] = "pending" if inner["reviewing"] else "active"
    row.data = _v1(row)
    if not tell:
        return
    world.emit_thin("v2.core.account[requirements].updated", related=row.id)
    if before != inner["transfers"]:
        world.emit_thin(
            "v2.core.account[configuration.recipient].capability_status_updated",
            related=row.id,
            data={"updated_capability": "stripe_balance.stripe_transfers"},
        )
        world.emit("capability.updated", _capability(row), account=row.id)
    world.emit("account.updated", row.data, account=row.id)


def _capability(row: Row) -> Json:
    empty: Json = {"alternatives": [], "current_deadline": None, "disabled_reason": None}
    active = row.inner["transfers"] == "active"
    return {
        "id": "transfers",
        "object": "capability",
        "account": row.id,
        "requested": True,
        "requested_at": row.inner["created"],
        "requirements": empty
        | {name: [] for name in ("currently_due", "errors", "eventually_due", "past_due")}
        | {"pending_verification": []},
        "status": "active" if active else "inactive",
        "livemode": False,
    }


def _v1(row: Row) -> Json:
    inner = row.inner
    due = list(inner["missing"])
    active = inner["transfers"] == "active"
    return {
        "id": row.id,
        "object": "account",
        "business_type": inner["given"].get("identity", {}).get("entity_type"),
        "capabilities": {
            "transfers": inner["transfers"]
            if inner["transfers"] in ("active", "pending")
            else "inactive"
        },
        "charges_enabled": False,
        "controller": {
            "type": "application",
            "is_controller": True,
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": inner["given"].get("dashboard", "none")},
        },
        "country": inner["country"] or None,
        "created": inner["created"],
        "default_currency": inner["settles_in"] or "eur",
        "details_submitted": not due,
        "email": inner["given"].get("contact_email"),
        "metadata": inner["given"].get("metadata") or {},
        "payouts_enabled": active,
        "requirements": {
            "alternatives": [],
            "current_deadline": None,
            "currently_due": due,
            "disabled_reason": None if active else "requirements.past_due",
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
        "type": "express" if inner["given"].get("dashboard") == "express" else "none",
    }


def shown(row: Row, include: list[str] | tuple[str, ...]) -> Json:
    """The v2 account: what was not asked to be included is null."""
    inner, given = row.inner, row.inner["given"]
    answer: Json = {
        "id": row.id,
        "object": "v2.core.account",
        "applied_configurations": ["recipient"] if inner["requested"] else [],
        "closed": inner["closed"],
        "configuration": None,
        "contact_email": given.get("contact_email"),
        "created": iso(inner["created"]),
        "dashboard": given.get("dashboard", "none"),
        "defaults": None,
        "display_name": given.get("display_name"),
        "future_requirements": None,
        "identity": None,
        "livemode": False,
        "metadata": given.get("metadata") or {},
        "requirements": None,
    }
    for name in ("contact_email", "display_name"):
        if answer[name] is None:
            del answer[name]
    wanted = [name for name in include if name.startswith("configuration.")]
    if wanted:
        answer["configuration"] = {}
        if "configuration.recipient" in wanted and inner["requested"]:
            answer["configuration"]["recipient"] = _recipient(row)
    if "defaults" in include:
        answer["defaults"] = copy.deepcopy(given.get("defaults", {}))
        if "responsibilities" in answer["defaults"]:
            answer["defaults"]["responsibilities"]["requirements_collector"] = "stripe"
    if "identity" in include:
        answer["identity"] = _identity(row)
    if "requirements" in include:
        answer["requirements"] = _requirements(row)
    if "future_requirements" in include:
        answer["future_requirements"] = {"entries": []}
    return answer


def _identity(row: Row) -> Json:
    given = row.inner["given"].get("identity", {})
    found: Json = {}
    if row.inner["country"]:
        found["country"] = row.inner["country"].lower()
    if given.get("entity_type"):
        found["entity_type"] = given["entity_type"]
    return found


def _recipient(row: Row) -> Json:
    status = row.inner["transfers"]
    details = []
    if status != "active":
        code, way = {
            "unsupported": ("unsupported_country", "no_resolution"),
            "pending": ("determining_status", "no_resolution"),
        }.get(status, ("requirements_past_due", "provide_info"))
        details = [{"code": code, "resolution": way}]
    capability = {"status": status, "status_details": details}
    return {
        "applied": True,
        "capabilities": {
            "stripe_balance": {"stripe_transfers": capability, "payouts": dict(capability)}
        },
    }


def _requirements(row: Row) -> Json:
    errors = {error["requirement"]: error for error in row.inner["errors"]}
    entries = []
    for name in [*row.inner["missing"], *errors]:
        error = errors.get(name)
        entries.append(
            {
                "awaiting_action_from": "user",
                "description": name,
                "errors": [{"code": error["code"], "description": error["message"]}]
                if error is not None
                else [],
                "impact": {
                    "restricts_capabilities": [
                        {
                            "capability": "stripe_balance.stripe_transfers",
                            "configuration": "recipient",
                            "deadline": {"status": "past_due"},
                        }
                    ]
                },
                "minimum_deadline": {"status": "past_due"},
                "requested_reasons": [{"code": "routine_onboarding"}],
            }
        )
    found: Json = {"entries": entries}
    if entries:
        found["summary"] = {"minimum_deadline": {"status": "past_due"}}
    return found


# --- onboarding -----------------------------------------------------------------------------------


def onboarded(world: World, row: Row, outcome: str) -> None:
    """The seller has filled in the pages. `outcome`: passed, review, refused."""
    row.inner["missing"] = []
    row.inner["errors"] = []
    review = world.config["review_after"]
    row.inner["reviewing"] = outcome == "review" or bool(review)
    if outcome == "refused":
        row.inner["errors"] = [
            {
                "requirement": "identity.individual.documents.primary_verification",
                "code": "verification_document_not_readable",
                "message": "The picture of the document can't be read.",
            }
        ]
    elif row.inner["reviewing"]:
        world.later(review or 3600, "account_reviewed", row.id)
    refresh(world, row)


@timer("account_reviewed")
def _reviewed(world: World, name: str) -> None:
    row = world.store.edit(name)
    if row.inner["reviewing"]:
        row.inner["reviewing"] = False
        refresh(world, row)
