"""Refusals in Stripe's words: type, code, param and message with an HTTP status."""

from __future__ import annotations

from typing import Any


class PeerError(Exception):
    """What the caller did wrong, or what could not be done.

    `began`: the request had begun to be carried out, so its answer is kept under its idempotency
    key. A request whose parameters can't be read leaves nothing behind.
    `keep`: what was done until then stays done, as with a declined card.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        began: bool = True,
        keep: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.began = began
        self.keep = keep
        self.more = more

    def body(self, *, v2: bool) -> dict[str, Any]:
        error: dict[str, Any] = {"type": self.kind, "message": self.message}
        if v2:
            error["code"] = self.code or "invalid_fields"
            return {"error": error}
        if self.code:
            error |= {
                "code": self.code,
                "doc_url": f"https://docs.stripe.com/error-codes#{self.code.replace('_', '-')}",
            }
        if self.param:
            error["param"] = self.param
        return {"error": error | self.more}


def unreadable(message: str, param: str, code: str) -> PeerError:
    """A parameter that is unknown, missing or of the wrong form."""
    return PeerError(message, code=code, param=param, began=False)


def missing(kind: str, name: str, param: str = "id") -> PeerError:
    """No such object; 404 as part of the address, else 400."""
    return PeerError(
        f"No such {kind}: '{name}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )


def declined(code: str, decline_code: str, message: str, **more: Any) -> PeerError:
    if decline_code:
        more["decline_code"] = decline_code
    return PeerError(
        message,
        status=402,
        kind="card_error",
        keep=True,
        code=code,
        **more,
    )
