"""What must not stand in a log."""

from __future__ import annotations

import logging
import re

# Guests' purchases, confirmations and new passwords open with what stands in their address.
SECRET_PATHS = re.compile(
    r"(/(?:purchases|checkout/(?:return|pay|give-up)|sandbox/pay|account/confirm-email"
    r"|account/password/reset/key)/)[^/\s?]{6,}"
)


class HideSecrets(logging.Filter):
    """Keeps the secret part of addresses out of every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = SECRET_PATHS.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True
