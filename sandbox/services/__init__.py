"""The provider's interface: what a merchant may ask, and what its bank and its pages do."""

from sandbox.models import Movement
from sandbox.rules import SandboxError
from sandbox.selectors import (
    PayoutView,
    RefundView,
    SessionView,
    find_payout,
    find_refund,
    find_session,
    get_payout,
    get_refund,
    get_session,
)
from sandbox.services.movements import list_movements, movement_of, record_movement
from sandbox.services.sessions import (
    answer_challenge,
    create_session,
    expire_session,
    finish_transfer,
    pay_session,
)
from sandbox.services.transfers import create_payout, create_refund, run_bank
from sandbox.services.webhooks import (
    deliver_batch,
    deliver_events_of,
    replay_events,
    set_fault,
)

__all__ = [
    "Movement",
    "PayoutView",
    "RefundView",
    "SandboxError",
    "SessionView",
    "answer_challenge",
    "create_payout",
    "create_refund",
    "create_session",
    "deliver_batch",
    "deliver_events_of",
    "expire_session",
    "find_payout",
    "find_refund",
    "find_session",
    "finish_transfer",
    "get_payout",
    "get_refund",
    "get_session",
    "list_movements",
    "movement_of",
    "pay_session",
    "record_movement",
    "replay_events",
    "run_bank",
    "set_fault",
]
