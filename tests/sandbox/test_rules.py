"""Signatures, cards and retries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.rules import (
    SIGNATURE_TOLERANCE,
    TEST_CARDS,
    WEBHOOK_GIVEN_UP_AFTER,
    BadSignatureError,
    BankFate,
    SandboxError,
    bank_fate,
    card_digits,
    is_card_expired,
    is_card_number,
    local_address,
    parse_expiry,
    sign,
    signature_header,
    verify_signature,
    webhook_retry_after,
)

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BODY = b'{"id":"evt_1"}'


def signed(secret: str = "new", *, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    return {"Sandbox-Signature": signature_header(body, secret=secret, now=at)}


def test_a_known_signature() -> None:
    """Computed by hand: printf '1767603600.{"id":"evt_1"}' | openssl dgst -sha256 -hmac new"""
    assert sign(BODY, secret="new", timestamp=1767603600) == (
        "39b89ece13aeeeed4410c86e4fea5817ac295e68570dba68d4f6aace8e23b376"
    )


def test_the_right_secret_is_believed_under_any_spelling_of_the_header() -> None:
    verify_signature(signed(), BODY, ["new"], NOW)
    lower = {"sandbox-signature": signed()["Sandbox-Signature"]}
    verify_signature(lower, BODY, ["new"], NOW)


def test_while_a_secret_is_changed_both_are_believed() -> None:
    verify_signature(signed("old"), BODY, ["new", "old"], NOW)
    verify_signature(signed("new"), BODY, ["new", "old"], NOW)


def test_one_good_signature_of_several_is_enough() -> None:
    t, good = signed()["Sandbox-Signature"].split(",")
    verify_signature({"Sandbox-Signature": f"{t},v1=00,{good}"}, BODY, ["new"], NOW)


@pytest.mark.parametrize(
    ("headers", "body", "secrets"),
    [
        (signed("wrong"), BODY, ["new", "old"]),
        (signed(), BODY + b" ", ["new"]),
        (signed(), BODY, []),
        (signed(""), BODY, [""]),
        ({}, BODY, ["new"]),
        ({"Sandbox-Signature": ""}, BODY, ["new"]),
        ({"Sandbox-Signature": "t=x,v1=00"}, BODY, ["new"]),
        ({"Sandbox-Signature": "t=1767603600"}, BODY, ["new"]),
        ({"Sandbox-Signature": "t=1767603600,v1=é"}, BODY, ["new"]),
        ({"Sandbox-Signature": signed()["Sandbox-Signature"] + ",t=1"}, BODY, ["new"]),
    ],
)
def test_forgeries_are_refused(headers: dict[str, str], body: bytes, secrets: list[str]) -> None:
    with pytest.raises(BadSignatureError):
        verify_signature(headers, body, secrets, NOW)


def test_a_signature_is_good_for_five_minutes_either_way() -> None:
    for drift in (SIGNATURE_TOLERANCE, -SIGNATURE_TOLERANCE):
        verify_signature(signed(), BODY, ["new"], NOW + drift)
    for drift in (timedelta(seconds=301), timedelta(seconds=-301)):
        with pytest.raises(BadSignatureError, match="old"):
            verify_signature(signed(), BODY, ["new"], NOW + drift)


def test_every_test_card_is_a_possible_number() -> None:
    assert all(is_card_number(number) for number in TEST_CARDS)
    assert card_digits(" 4242-4242 4242\u00a04242 ") == "4242424242424242"


@pytest.mark.parametrize("digits", ["4242424242424241", "", "42", "4" * 20, "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"])
def test_other_digits_are_no_card(digits: str) -> None:
    assert not is_card_number(digits)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("12/28", (2028, 12)),
        ("1228", (2028, 12)),
        (" 1 / 2030 ", (2030, 1)),
        ("01.30", (2030, 1)),
        ("13/28", None),
        ("0/28", None),
        ("soon", None),
        ("12/1928", None),
    ],
)
def test_expiry_as_people_type_it(typed: str, found: tuple[int, int] | None) -> None:
    assert parse_expiry(typed) == found


def test_a_card_is_good_to_the_end_of_its_month() -> None:
    assert not is_card_expired((2026, 1), (2026, 1))
    assert is_card_expired((2025, 12), (2026, 1))


@pytest.mark.parametrize(
    ("destination", "fate"),
    [
        ({"account": "GH12 0000", "name": "Failsworth Trading"}, BankFate.PAYS),
        ({"iban": "FAIL-1"}, BankFate.FAILS),
        ("fail", BankFate.FAILS),
        ({"account": "return-me"}, BankFate.RETURNS),
        ({"account": "refuse"}, BankFate.REFUSES),
        ({"token": "lost-1"}, BankFate.ANSWER_LOST),
        ({}, BankFate.PAYS),
    ],
)
def test_the_account_decides_what_the_bank_does(
    destination: dict[str, str] | str, fate: BankFate
) -> None:
    assert bank_fate(destination) == fate


def test_a_webhook_is_tried_for_three_days() -> None:
    age, attempts = timedelta(), 0
    while True:
        attempts += 1
        wait = webhook_retry_after(attempts, age=age)
        if wait is None:
            break
        assert wait > timedelta()
        age += wait
    assert attempts > 8
    assert WEBHOOK_GIVEN_UP_AFTER - timedelta(hours=12) < age <= WEBHOOK_GIVEN_UP_AFTER


def test_webhooks_stay_on_this_machine() -> None:
    address = local_address("http://localhost:8120/webhooks/sandbox/?a=1")
    assert (address.host, address.port) == ("127.0.0.1", 8120)
    assert (address.netloc, address.path) == ("localhost:8120", "/webhooks/sandbox/?a=1")
    for url in (
        "http://10.0.0.1/",
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "http://127.0.0.1:port/",
        "",
    ):
        with pytest.raises(SandboxError):
            local_address(url)
