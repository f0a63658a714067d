"""Telling the merchant: one HTTP request to this machine, no redirect followed."""

from __future__ import annotations

import http.client
from collections.abc import Mapping

from sandbox.rules import WEBHOOK_TIMEOUT_SECONDS, local_address


class NotTakenError(Exception):
    """The merchant did not answer with a 2xx; it is told again later."""


def post_event(url: str, body: bytes, headers: Mapping[str, str]) -> str:
    """Deliver one event; returns the answer's status line.

    Raises NotTakenError, or SandboxError when the address is not of this machine.
    """
    address = local_address(url)
    connection = http.client.HTTPConnection(
        address.host, address.port, timeout=WEBHOOK_TIMEOUT_SECONDS
    )
    try:
        connection.request("POST", address.path, body, {**headers, "Host": address.netloc})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotTakenError(f"{type(error).__name__}: {error}"[:200]) from error
    finally:
        connection.close()
    line = f"{answer.status} {answer.reason}"
    if not 200 <= answer.status <= 299:
        raise NotTakenError(line[:200])
    return line[:200]
