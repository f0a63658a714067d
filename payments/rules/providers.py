"""Who pays a seller out."""

from __future__ import annotations

from common.countries import EU

SANDBOX = "sandbox"
STRIPE = "stripe"
BANK_FILE = "bank_file"

# Between these countries Stripe moves money across borders for a platform without an agreement of
# its own. The European Economic Area is the Union with Iceland, Liechtenstein and Norway.
# Source: Stripe, "Cross-border payouts", as stored on 2026-11-24; to be read again before use.
_EEA = EU | {"IS", "LI", "NO"}
TRANSFER_REGIONS = _EEA | {"CA", "CH", "GB", "US"}


def payout_provider(*, charged_by: str, platform_country: str, country: str) -> str:
    """Who pays a new seller of `country` in a market whose buyers pay through `charged_by`.

    A transfer needs both ends in the regions; whom none reaches is paid by bank file.
    """
    if charged_by != STRIPE:
        return charged_by
    is_reached = {platform_country, country} <= TRANSFER_REGIONS
    return STRIPE if is_reached else BANK_FILE
