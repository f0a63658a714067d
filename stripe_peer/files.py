"""Uploaded files, and the record of events."""

from __future__ import annotations

from typing import Any

from stripe_peer.api import Call, page, route
from stripe_peer.errors import PeerError, unreadable
from stripe_peer.parameters import (
    Upload,
    boolean,
    list_of,
    listing,
    needed,
    one_of,
    retrieving,
    text,
)
from stripe_peer.store import Json, Row

LARGEST = 5_000_000
TYPES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def _upload(raw: Any, where: str) -> Upload:
    if not isinstance(raw, Upload):
        raise unreadable("A file is needed.", where, "parameter_invalid_string")
    return raw


@route(
    "POST",
    "/v1/files",
    retrieving(
        file=needed(_upload),
        purpose=needed(
            one_of("dispute_evidence", "identity_document", "account_requirement", "business_logo")
        ),
    ),
)
def create(call: Call) -> Row:
    upload: Upload = call.get("file")
    if not upload.content or len(upload.content) > LARGEST:
        raise PeerError("The file must have between 1 byte and 5 MB.", param="file")
    kind = TYPES.get(upload.kind) or upload.filename.rpartition(".")[2].lower()
    if call.get("purpose") == "dispute_evidence" and kind not in ("pdf", "jpg", "jpeg", "png"):
        raise PeerError("Evidence must be a PDF, a JPEG or a PNG.", param="file")
    row = call.world.add(
        "file",
        "file",
        call.account,
        {
            "expires_at": None,
            "filename": upload.filename,
            "purpose": call.get("purpose"),
            "size": len(upload.content),
            "title": None,
            "type": "jpg" if kind == "jpeg" else kind,
        },
        content=upload.content.hex(),
    )
    del row.data["livemode"]
    row.data["url"] = f"{call.world.base}/v1/files/{row.id}/contents"
    return row


@route("GET", "/v1/files/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("file", name)


@route("GET", "/v1/files", listing(purpose=text))
def list_files(call: Call) -> Json:
    return page(call, "file", keep=lambda row: call.get("purpose") in (None, row.data["purpose"]))


# --- events ---------------------------------------------------------------------------------------


@route("GET", "/v1/events/{name}", retrieving())
def retrieve_event(call: Call, name: str) -> Row:
    return call.find("event", name)


@route("GET", "/v1/events", listing(type=text, types=list_of(text), delivery_success=boolean))
def list_events(call: Call) -> Json:
    """Of this account; of a connected one with `Stripe-Account`."""

    def keep(row: Row) -> bool:
        kind, delivered = row.data["type"], row.data["pending_webhooks"] == 0
        wanted = call.get("type")
        if wanted is not None and not _matches(kind, wanted):
            return False
        if call.get("delivery_success") not in (None, delivered):
            return False
        return call.get("types") is None or kind in call.get("types")

    return page(call, "event", keep=keep)


def _matches(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith(".*") else kind == wanted
