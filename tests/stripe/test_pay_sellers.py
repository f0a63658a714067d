"""Accounts, transfers, their way back, and payouts at the peer."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import InvalidRequestError, PermissionError

from tests.stripe.peer import PeerHandle
from tests.stripe.shop import balance, paid, seller, types
from tests.stripe.test_take_a_payment import browse

NOW = "4000000000000077"
ALL: Any = ["configuration.recipient", "requirements", "identity", "defaults"]


def transfer(
    peer: PeerHandle, to: str, amount: int = 1000, currency: str = "eur", **more: Any
) -> Any:
    body: Any = {"amount": amount, "currency": currency, "destination": to}
    return peer.client.v1.transfers.create(body | more)


def refused(peer: PeerHandle, to: str, *arguments: Any, **more: Any) -> InvalidRequestError:
    before = peer.control("state")["balances"]
    with pytest.raises(InvalidRequestError) as error:
        transfer(peer, to, *arguments, **more)
    assert peer.control("state")["balances"] == before
    return error.value


# --- accounts -------------------------------------------------------------------------------------


def status(peer: PeerHandle, account: str) -> Any:
    found: Any = peer.client.v2.core.accounts.retrieve(account, {"include": ALL})
    return found.configuration.recipient.capabilities.stripe_balance.stripe_transfers


def test_a_new_account_has_to_introduce_itself(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer, ready=False)
    plain: Any = stripe_peer.client.v2.core.accounts.retrieve(account)
    assert (plain.configuration, plain.requirements) == (None, None)
    full: Any = stripe_peer.client.v2.core.accounts.retrieve(account, {"include": ALL})
    assert status(stripe_peer, account).status == "restricted"
    assert {entry.awaiting_action_from for entry in full.requirements.entries} == {"user"}
    assert full.identity.country == "it"
    assert refused(stripe_peer, account).code == "insufficient_capabilities_for_transfer"
    assert types(stripe_peer) == ["v2.core.account.created"]


def onboarding(peer: PeerHandle, account: str) -> str:
    body: Any = {
        "account": account,
        "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {
                "configurations": ["recipient"],
                "refresh_url": "https://shop.example/again",
                "return_url": "https://shop.example/back",
            },
        },
    }
    return peer.client.v2.core.account_links.create(body).url


def test_the_onboarding_page_makes_it_ready(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer, ready=False)
    url = onboarding(stripe_peer, account)
    code, _, page = browse(stripe_peer, url)
    assert code == 200
    assert "identity.individual.given_name" in page
    types(stripe_peer)
    assert browse(stripe_peer, url, outcome="passed")[:2] == (303, "https://shop.example/back")
    assert status(stripe_peer, account).status == "active"
    found = stripe_peer.client.v1.accounts.retrieve(account)
    assert (found.payouts_enabled, found.details_submitted) == (True, True)
    assert types(stripe_peer) == [
        "v2.core.account[requirements].updated",
        "v2.core.account[configuration.recipient].capability_status_updated",
        "capability.updated",
        "account.updated",
    ]
    # A link opens once.
    assert browse(stripe_peer, url)[:2] == (303, "https://shop.example/again")


def test_an_old_link_asks_for_a_new_one(stripe_peer: PeerHandle) -> None:
    url = onboarding(stripe_peer, seller(stripe_peer, ready=False))
    stripe_peer.advance(hours=1)
    assert browse(stripe_peer, url)[:2] == (303, "https://shop.example/again")


def test_somebody_may_look_at_it_first(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer, ready=False)
    browse(stripe_peer, onboarding(stripe_peer, account), outcome="review")
    assert status(stripe_peer, account).status == "pending"
    stripe_peer.advance(hours=2)
    assert status(stripe_peer, account).status == "active"


def test_a_document_may_be_refused(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer, ready=False)
    browse(stripe_peer, onboarding(stripe_peer, account), outcome="refused")
    full: Any = stripe_peer.client.v2.core.accounts.retrieve(account, {"include": ALL})
    assert status(stripe_peer, account).status == "restricted"
    assert [error.code for error in full.requirements.entries[0].errors] == [
        "verification_document_not_readable"
    ]


def test_stripe_does_not_reach_every_country(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer, "gh")
    assert status(stripe_peer, account).status == "unsupported"
    assert "region" in str(refused(stripe_peer, account))


def test_who_makes_transfers_answers_for_losses(stripe_peer: PeerHandle) -> None:
    with pytest.raises(InvalidRequestError, match="liable for losses"):
        seller(
            stripe_peer,
            defaults={
                "responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"}
            },
        )


def test_a_stranger_can_not_be_acted_for(stripe_peer: PeerHandle) -> None:
    with pytest.raises(PermissionError):
        stripe_peer.client.v1.balance.retrieve({}, {"stripe_account": "acct_stranger"})


# --- transfers ------------------------------------------------------------------------------------


def test_only_what_is_available_can_be_transferred(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    paid(stripe_peer, 5000, "eur")
    assert refused(stripe_peer, account).code == "balance_insufficient"
    stripe_peer.advance(days=3)
    types(stripe_peer)
    made = transfer(stripe_peer, account, 3000, transfer_group="purchase-7", metadata={"leg": "1"})
    assert balance(stripe_peer) == (5000 - 100 - 3000, 0)
    assert balance(stripe_peer, account=account) == (3000, 0)
    assert types(stripe_peer) == ["transfer.created"]
    found = stripe_peer.client.v1.transfers.list({"transfer_group": "purchase-7"}).data
    assert [(one.id, one.metadata.to_dict()) for one in found] == [(made.id, {"leg": "1"})]
    assert refused(stripe_peer, account, 1901).code == "balance_insufficient"


def test_another_currency_is_another_balance(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("topup", amount=10_000, currency="eur")
    assert refused(stripe_peer, seller(stripe_peer), 100, "gbp").code == "balance_insufficient"


def test_a_source_pays_before_it_is_available(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    charge = paid(stripe_peer, 5000, "eur")
    made = transfer(stripe_peer, account, 3000, source_transaction=charge.id)
    assert made.transfer_group == "purchase-7"
    assert balance(stripe_peer, account=account) == (0, 3000)
    stripe_peer.advance(days=3)
    assert balance(stripe_peer, account=account) == (3000, 0)
    assert balance(stripe_peer) == (1900, 0)


def test_a_source_gives_no_more_than_it_brought_and_in_its_currency(
    stripe_peer: PeerHandle,
) -> None:
    account = seller(stripe_peer)
    charge = paid(stripe_peer)  # 2740 yen, booked as 15.48 euros
    source = {"source_transaction": charge.id}
    assert "must be the same" in str(refused(stripe_peer, account, 100, "jpy", **source))
    transfer(stripe_peer, account, 1000, **source)
    assert "must not exceed" in str(refused(stripe_peer, account, 549, **source))
    transfer(stripe_peer, account, 548, **source)


def test_what_arrives_may_be_converted(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("config", rates={"eur:gbp": "0.88"})
    stripe_peer.control("topup", amount=10_000, currency="eur")
    account = seller(stripe_peer, "gb", defaults={"currency": "gbp"})
    made = transfer(stripe_peer, account, 1001)
    assert balance(stripe_peer, "gbp", account) == (881, 0)
    for _ in range(7):
        stripe_peer.client.v1.transfers.reversals.create(made.id, {"amount": 143})
    assert balance(stripe_peer, "gbp", account) == (0, 0)
    assert balance(stripe_peer) == (10_000, 0)


def test_a_transfer_comes_back_while_the_money_is_there(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("topup", amount=5000, currency="eur")
    account = seller(stripe_peer)
    made = transfer(stripe_peer, account, 3000)
    types(stripe_peer)
    back = stripe_peer.client.v1.transfers.reversals.create(made.id, {"amount": 1000})
    assert (back.amount, back.transfer) == (1000, made.id)
    assert types(stripe_peer) == ["transfer.reversed"]
    assert balance(stripe_peer) == (3000, 0)
    stripe_peer.client.v1.payouts.create(
        {"amount": 1500, "currency": "eur"}, {"stripe_account": account}
    )
    reversals = stripe_peer.client.v1.transfers.reversals
    with pytest.raises(InvalidRequestError) as short:
        reversals.create(made.id)
    assert short.value.code == "balance_insufficient"
    with pytest.raises(InvalidRequestError, match="unreversed amount"):
        reversals.create(made.id, {"amount": 2001})
    found = stripe_peer.client.v1.transfers.retrieve(made.id)
    assert (found.amount_reversed, found.reversed) == (1000, False)
    assert [one.id for one in reversals.list(made.id).data] == [back.id]


# --- payouts --------------------------------------------------------------------------------------


def funded(peer: PeerHandle, amount: int = 3000) -> tuple[str, Any]:
    peer.control("topup", amount=amount, currency="eur")
    account = seller(peer)
    transfer(peer, account, amount)
    types(peer)
    return account, {"stripe_account": account}


def test_a_payout_arrives(stripe_peer: PeerHandle) -> None:
    account, as_seller = funded(stripe_peer)
    payouts = stripe_peer.client.v1.payouts
    made = payouts.create({"amount": 3000, "currency": "eur"}, as_seller)
    assert (made.status, balance(stripe_peer, account=account)) == ("pending", (0, 0))
    with pytest.raises(InvalidRequestError, match="insufficient"):
        payouts.create({"amount": 1, "currency": "eur"}, as_seller)
    with pytest.raises(InvalidRequestError, match="No such payout"):
        payouts.retrieve(made.id)
    stripe_peer.advance(days=1, seconds=1)
    assert payouts.retrieve(made.id, {}, as_seller).status == "paid"
    told = stripe_peer.webhooks()
    assert [one.type for one in told] == ["payout.created", "payout.paid"]
    assert {one.endpoint for one in told} == {"connect"}
    assert {one.json()["account"] for one in told} == {account}


def test_a_bank_may_send_a_payout_back(stripe_peer: PeerHandle) -> None:
    account, as_seller = funded(stripe_peer)
    stripe_peer.control(f"accounts/{account}/set", payouts_fail="account_closed")
    made = stripe_peer.client.v1.payouts.create({"amount": 3000, "currency": "eur"}, as_seller)
    stripe_peer.advance(days=1, seconds=1)
    found = stripe_peer.client.v1.payouts.retrieve(made.id, {}, as_seller)
    assert (found.status, found.failure_code) == ("failed", "account_closed")
    assert balance(stripe_peer, account=account) == (3000, 0)


def test_an_automatic_payout_names_what_it_pays(stripe_peer: PeerHandle) -> None:
    account, as_seller = funded(stripe_peer)
    stripe_peer.control(f"accounts/{account}/payout")
    (payout,) = stripe_peer.client.v1.payouts.list({}, as_seller).data
    transactions = stripe_peer.client.v1.balance_transactions.list({"payout": payout.id}, as_seller)
    assert {one.type: one.amount for one in transactions.data} == {"payment": 3000, "payout": -3000}
    assert balance(stripe_peer, account=account) == (0, 0)


def test_a_manual_payout_can_be_called_back(stripe_peer: PeerHandle) -> None:
    account, as_seller = funded(stripe_peer)
    payouts = stripe_peer.client.v1.payouts
    made = payouts.create({"amount": 1000, "currency": "eur"}, as_seller)
    assert payouts.cancel(made.id, {}, as_seller).status == "canceled"
    assert balance(stripe_peer, account=account) == (3000, 0)


def test_forints_are_paid_out_whole(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("topup", amount=100_000, currency="huf")
    payouts = stripe_peer.client.v1.payouts
    with pytest.raises(InvalidRequestError, match="divisible by 100"):
        payouts.create({"amount": 1045, "currency": "huf"})
    assert payouts.create({"amount": 1000, "currency": "huf"}).amount == 1000


# --- reading --------------------------------------------------------------------------------------


def test_balance_transactions_are_found_and_paged(stripe_peer: PeerHandle) -> None:
    start = stripe_peer.control("state")["now"]
    charges = [paid(stripe_peer, 1000 + number, "eur") for number in range(5)]
    stripe_peer.advance(days=1)
    stripe_peer.client.v1.refunds.create({"charge": charges[0].id})
    listing = stripe_peer.client.v1.balance_transactions
    assert len(listing.list({"type": "charge"}).data) == 5
    assert len(listing.list({"created": {"gte": start + 80_000}}).data) == 1
    assert len(listing.list({"created": {"lt": start + 80_000}, "currency": "eur"}).data) == 5
    (one,) = listing.list({"source": charges[3].id}).data
    assert one.amount == 1003
    first = listing.list({"limit": 4})
    assert (len(first.data), first.has_more) == (4, True)
    rest = listing.list({"limit": 4, "starting_after": first.data[-1].id})
    assert (len(rest.data), rest.has_more) == (2, False)
    assert len(list(listing.list({"limit": 2}).auto_paging_iter())) == 6
    with pytest.raises(InvalidRequestError, match="No such balance_transaction"):
        listing.list({"starting_after": "txn_nothing"})


def test_what_can_not_be_expanded_is_refused(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer)
    with pytest.raises(InvalidRequestError, match="cannot be expanded"):
        stripe_peer.client.v1.charges.retrieve(charge.id, {"expand": ["colour"]})
