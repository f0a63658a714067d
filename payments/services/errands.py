"""Names of this app's background work, so that services can wake it; tasks.py does it."""

from __future__ import annotations

from common.wake import Errand

SUBMIT_REFUNDS = Errand("payments.tasks.submit_refunds", queue="settlement")
SUBMIT_PAYOUTS = Errand("payments.tasks.submit_payouts", queue="settlement")
SUBMIT_REVERSALS = Errand("payments.tasks.submit_reversals", queue="settlement")
TAKE_IN_MOVEMENTS = Errand("payments.tasks.take_in_movements", queue="settlement")
SEND_EVIDENCE = Errand("payments.tasks.send_evidence", queue="settlement")
