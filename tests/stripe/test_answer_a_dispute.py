"""Disputes at the peer: money leaves with a fee, evidence may bring it home."""

from __future__ import annotations

import io
from typing import Any

import pytest
from stripe import InvalidRequestError

from tests.stripe.peer import PeerHandle
from tests.stripe.shop import balance, paid, types

DISPUTED = "4000000000000259"


def disputed(peer: PeerHandle, amount: int = 5000) -> tuple[Any, Any]:
    charge = paid(peer, amount, "eur", DISPUTED)
    (dispute,) = peer.client.v1.disputes.list({"charge": charge.id}).data
    return charge, dispute


def test_a_dispute_takes_the_amount_and_a_fee(stripe_peer: PeerHandle) -> None:
    charge, dispute = disputed(stripe_peer)
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response",
        "fraudulent",
        5000,
    )
    (taken,) = dispute.balance_transactions
    assert (taken.amount, taken.fee, taken.net) == (-5000, 1500, -6500)
    assert sum(balance(stripe_peer)) == 5000 - 100 - 6500
    assert types(stripe_peer)[-3:] == [
        "checkout.session.completed",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
    with pytest.raises(InvalidRequestError) as refused:
        stripe_peer.client.v1.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(
    ("text", "status", "balance_after"),
    [
        ("winning_evidence", "won", 5000 - 100 - 1500),
        ("losing_evidence", "lost", -100 - 1500),
        ("tracking says delivered", "under_review", -100 - 1500),
    ],
)
def test_evidence_decides(
    stripe_peer: PeerHandle, text: str, status: str, balance_after: int
) -> None:
    _, dispute = disputed(stripe_peer)
    types(stripe_peer)
    paper = io.BytesIO(b"%PDF-1.7 delivered")
    paper.name = "slip.pdf"
    slip = stripe_peer.client.v1.files.create({"purpose": "dispute_evidence", "file": paper})
    answered = stripe_peer.client.v1.disputes.update(
        dispute.id,
        {
            "evidence": {"uncategorized_text": text, "shipping_documentation": slip.id},
            "submit": True,
        },
    )
    assert answered.status == status
    assert answered.evidence_details.submission_count == 1
    assert sum(balance(stripe_peer)) == balance_after
    told = types(stripe_peer)
    assert told[0] == "charge.dispute.updated"
    assert ("charge.dispute.closed" in told) == (status != "under_review")
    assert ("charge.dispute.funds_reinstated" in told) == (status == "won")
    with pytest.raises(InvalidRequestError, match="can't be changed"):
        stripe_peer.client.v1.disputes.update(
            dispute.id, {"evidence": {"uncategorized_text": "again"}, "submit": True}
        )


def test_staged_evidence_is_not_submitted(stripe_peer: PeerHandle) -> None:
    _, dispute = disputed(stripe_peer)
    staged = stripe_peer.client.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    )
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert stripe_peer.client.v1.disputes.update(dispute.id, {"submit": True}).status == "won"


def test_evidence_must_be_a_file_for_disputes(stripe_peer: PeerHandle) -> None:
    _, dispute = disputed(stripe_peer)
    logo = io.BytesIO(b"\x89PNG")
    logo.name = "logo.png"
    file = stripe_peer.client.v1.files.create({"purpose": "business_logo", "file": logo})
    for name, what in ((file.id, "not for dispute_evidence"), ("file_nothing", "No such")):
        with pytest.raises(InvalidRequestError, match=what):
            stripe_peer.client.v1.disputes.update(dispute.id, {"evidence": {"receipt": name}})
    note = io.BytesIO(b"hello")
    note.name = "note.txt"
    with pytest.raises(InvalidRequestError, match="PDF"):
        stripe_peer.client.v1.files.create({"purpose": "dispute_evidence", "file": note})


def test_who_says_nothing_loses(stripe_peer: PeerHandle) -> None:
    _, dispute = disputed(stripe_peer)
    stripe_peer.advance(days=10)
    found = stripe_peer.client.v1.disputes.retrieve(dispute.id)
    assert (found.status, found.evidence_details.past_due) == ("lost", True)


def test_a_dispute_can_be_given_up(stripe_peer: PeerHandle) -> None:
    _, dispute = disputed(stripe_peer)
    assert stripe_peer.client.v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(InvalidRequestError) as refused:
        stripe_peer.client.v1.disputes.close(dispute.id)
    assert refused.value.code == "dispute_already_closed"


def test_a_part_may_be_won(stripe_peer: PeerHandle) -> None:
    _, dispute = disputed(stripe_peer)
    stripe_peer.control(f"disputes/{dispute.id}/resolve", outcome="won", amount=2000)
    assert sum(balance(stripe_peer)) == 5000 - 100 - 6500 + 2000


def test_any_charge_can_be_disputed_on_request(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer)
    stripe_peer.control(f"charges/{charge.id}/dispute", reason="product_not_received", amount=1000)
    (dispute,) = stripe_peer.client.v1.disputes.list({"charge": charge.id}).data
    (taken,) = dispute.balance_transactions
    assert (dispute.amount, dispute.currency, taken.amount, taken.currency) == (
        1000,
        "jpy",
        -565,
        "eur",
    )


def test_a_question_takes_no_money(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer, 5000, "eur", "4000000000001976")
    (dispute,) = stripe_peer.client.v1.disputes.list({"charge": charge.id}).data
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert sum(balance(stripe_peer)) == 4900
    assert stripe_peer.client.v1.refunds.create({"charge": charge.id}).status == "succeeded"


def test_an_issuer_may_warn_early(stripe_peer: PeerHandle) -> None:
    paid(stripe_peer, 5000, "eur", "4000000000005423")
    assert "radar.early_fraud_warning.created" in types(stripe_peer)
