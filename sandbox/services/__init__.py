"""The provider's interface: what a merchant may ask, and what its bank and its pages do."""

from sandbox.models import Movement
from sandbox.rules import SandboxError
from sandbox.selectors import (
    DisputeView,
    PayoutView,
    RefundView,
    ReversalView,
    SessionView,
    find_payout,
    find_refund,
    find_reversal,
    find_session,
    get_dispute,
    get_payout,
    get_refund,
    get_reversal,
    get_session,
)
from sandbox.services.disputes import (
    accept_dispute,
    decide_dispute,
    escalate_dispute,
    open_dispute,
    submit_evidence,
    upload_evidence,
)
from sandbox.services.movements import list_movements, movement_of, record_movement
from sandbox.services.sessions import (
    answer_challenge,
    create_session,
    expire_session,
    finish_transfer,
    pay_session,
)
from sandbox.services.transfers import (
    create_payout,
    create_refund,
    create_reversal,
    run_bank,
)
from sandbox.services.webhooks import (
    deliver_batch,
    deliver_events_of,
    replay_events,
    set_fault,
)

__all__ = [
    "DisputeView",
    "Movement",
    "PayoutView",
    "RefundView",
    "ReversalView",
    "SandboxError",
    "SessionView",
    "accept_dispute",
    "answer_challenge",
    "create_payout",
    "create_refund",
    "create_reversal",
    "create_session",
    "decide_dispute",
    "deliver_batch",
    "deliver_events_of",
    "escalate_dispute",
    "expire_session",
    "find_payout",
    "find_refund",
    "find_reversal",
    "find_session",
    "finish_transfer",
    "get_dispute",
    "get_payout",
    "get_refund",
    "get_reversal",
    "get_session",
    "list_movements",
    "movement_of",
    "open_dispute",
    "pay_session",
    "record_movement",
    "replay_events",
    "run_bank",
    "set_fault",
    "submit_evidence",
    "upload_evidence",
]
