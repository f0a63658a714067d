"""The hosted pages: where a buyer pays, answers the bank's question, and a seller introduces itself.

Plain HTML without scripts. Every page says that it is a peer and that no real money moves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qsl

from stripe_peer import accounts, checkout, currencies
from stripe_peer.cards import BANKS, card_of
from stripe_peer.errors import PeerError
from stripe_peer.store import Json, Row
from stripe_peer.words import RIGHT_TO_LEFT, words_for
from stripe_peer.world import World

STYLE = """
:root{color-scheme:light dark;--ink:#1a1f36;--soft:#5b6478;--paper:#fff;--back:#f4f5f9;--line:#cbd0dd;
--act:#4b45c6;--bad:#a4262c;--note:#fff4d6}
@media(prefers-color-scheme:dark){:root{--ink:#eceef5;--soft:#a9b0c3;--paper:#1d2030;--back:#12141f;
--line:#454b60;--act:#6f69ea;--bad:#ff9a9a;--note:#3a3115}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}main{max-width:27rem;margin:0 auto;padding:1rem}
.note{margin:0;background:var(--note);padding:.5rem 1rem;text-align:center;font-size:.875rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;
margin-block:1rem}h1{font-size:1.1rem;margin:0;color:var(--soft);font-weight:600}
.sum{font-size:2rem;font-weight:700;margin:.25rem 0 .75rem}ul{list-style:none;padding:0;margin:0}
li{display:flex;justify-content:space-between;gap:1rem}label,legend{display:block;font-weight:600;
margin-block:.75rem .25rem}input:not([type=radio]){margin-block-end:.25rem;width:100%;padding:.7rem;font:inherit;
border:1px solid var(--line);border-radius:.5rem;background:var(--paper);color:inherit}
input[aria-invalid]{border-color:var(--bad)}fieldset{border:1px solid var(--line);border-radius:.5rem;
margin:.75rem 0 0;padding:.25rem .9rem .75rem}.choice{display:flex;gap:.6rem;align-items:center;
min-height:2.75rem;font-weight:400;margin:0}.row{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}
button{width:100%;margin-top:1rem;padding:.85rem;font:inherit;font-weight:700;border:0;
border-radius:.5rem;background:var(--act);color:#fff;cursor:pointer}.second{background:none;
color:var(--ink);border:1px solid var(--line)}.bad{color:var(--bad);margin:.35rem 0 0}
.hint{color:var(--soft);font-size:.875rem;margin:.25rem 0}a{color:inherit}
summary{cursor:pointer;padding-block:.6rem}code{overflow-wrap:anywhere}.row+label{margin-block-start:.75rem}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
"""
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    # Buttons lead back to the shop, whichever address that has.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}


@dataclass
class Page:
    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))


def redirect(to: str) -> Page:
    return Page(303, "", {"Location": to, "Cache-Control": "no-store"})


def handle(world: World, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Page:
    language = headers.get("accept-language", "en")
    given = dict(parse_qsl(body.decode(), keep_blank_values=True)) if method == "POST" else {}
    for pattern, page in PAGES:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        with world.store.transaction():
            return page(world, found[1], given if method == "POST" else None, language)
    return _frame(language, "404", "<p>There is no such page at this peer.</p>", status=404)


def _frame(language: str, title: str, content: str, *, status: int = 200) -> Page:
    words = words_for(language)
    direction = "rtl" if words["code"] in RIGHT_TO_LEFT else "ltr"
    return Page(
        status,
        f'<!doctype html><html lang="{words["code"]}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Stripe peer</title><style>{STYLE}</style></head><body>"
        f'<p class="note" role="note"><strong>Stripe peer</strong> · {escape(words["no_money"])}</p>'
        f"<main>{content}</main></body></html>",
    )


def _amount(words: Mapping[str, str], amount: int, currency: str) -> str:
    digits = currencies.decimals(currency)
    if currency in currencies.HUNDREDS:
        amount, digits = amount // 100, 0
    whole, _, part = f"{amount / 10**digits:,.{digits}f}".partition(".")
    number = whole.replace(",", words["thousands"]) + (words["point"] + part if part else "")
    return f"{currency.upper()}\u00a0{number}"


# --- paying ---------------------------------------------------------------------------------------


def _pay(world: World, name: str, given: dict[str, str] | None, language: str) -> Page:
    row = world.store.find(name, "checkout.session")
    if row is None:
        return _frame(language, "404", "<p>There is no such payment.</p>", status=404)
    locale = row.data["locale"]
    language = language if locale in (None, "auto") else locale
    words = words_for(language)
    if row.data["status"] != "open":
        return _over(row, words, language)
    if given is None:
        return _form(row, words, language, {}, ("", ""))
    problem = _try(world, row, words, given)
    if problem is not None:
        return _form(row, words, language, given, problem, status=422)
    intent = world.get("payment_intent", row.data["payment_intent"])
    if intent.data["status"] == "requires_action":
        return redirect(f"/3ds/{intent.id}")
    if row.data["status"] == "complete":
        return redirect(_success(row))
    error = intent.data["last_payment_error"]
    return _form(row, words, language, given, ("number", _decline(words, error)), status=402)


def _try(
    world: World, row: Row, words: Mapping[str, str], given: dict[str, str]
) -> tuple[str, str] | None:
    """Pay as the form says; a field and what is wrong with it where the form is not complete."""
    email = given.get("email", "").strip() or row.data["customer_email"] or ""
    if "@" not in email:
        return "email", words["bad_email"]
    session = world.store.edit(row.id)
    buyer = {"email": email, "name": given.get("name", "").strip()}
    if given.get("method") in BANKS:
        checkout.pay_by_bank(world, session, succeeds=BANKS[given["method"]], **buyer)
        return None
    card = card_of(given.get("number", "")) if re.search(r"\d", given.get("number", "")) else None
    if card is None:
        return "number", words["bad_number"]
    if not re.fullmatch(
        r"\s*(0?[1-9]|1[0-2])\s*/?\s*(20)?(2[6-9]|[3-9]\d)\s*", given.get("exp", "")
    ):
        return "exp", words["bad_exp"]
    if not re.fullmatch(r"\s*\d{3,4}\s*", given.get("cvc", "")):
        return "cvc", words["bad_cvc"]
    checkout.pay_by_card(world, session, card, **buyer)
    return None


def _decline(words: Mapping[str, str], error: Json | None) -> str:
    if error is None:
        return words["declined"]
    if error.get("decline_code") == "insufficient_funds":
        return words["insufficient"]
    if error["code"] == "payment_intent_authentication_failure":
        return words["not_confirmed"]
    return words["declined"]


def _success(row: Row) -> str:
    return str(row.data["success_url"]).replace("{CHECKOUT_SESSION_ID}", row.id)


def _over(row: Row, words: Mapping[str, str], language: str) -> Page:
    paid = row.data["status"] == "complete"
    back = _success(row) if paid else row.data["cancel_url"] or row.data["success_url"]
    said = words["done"] if paid else words["expired"]
    content = (
        f'<div class="card"><h1>{escape(said)}</h1>'
        f'<p><a href="{escape(back)}">{escape(words["back"])}</a></p></div>'
    )
    return _frame(language, said, content)


def _form(
    row: Row,
    words: Mapping[str, str],
    language: str,
    given: Mapping[str, str],
    problem: tuple[str, str],
    *,
    status: int = 200,
) -> Page:
    data = row.data
    total = _amount(words, data["amount_total"], data["currency"])
    items = "".join(
        f"<li><span>{escape(item['description'])}"
        f"{' × ' + str(item['quantity']) if item['quantity'] > 1 else ''}</span>"
        f"<span>{_amount(words, item['amount_total'], data['currency'])}</span></li>"
        for item in row.inner["items"]
    )
    email = given.get("email", data["customer_email"] or "")
    method = given.get("method", "card")
    banks = "".join(
        f'<label class="choice"><input type="radio" name="method" value="{bank}"'
        f"{' checked' if method == bank else ''}>{escape(words[bank])}</label>"
        for bank in BANKS
    )
    cancel = ""
    if data["cancel_url"]:
        cancel = f'<p><a href="{escape(data["cancel_url"])}">{escape(words["cancel"])}</a></p>'
    content = (
        f'<div class="card"><h1>{escape(words["pay_to"])}</h1><p class="sum">{total}</p>'
        f'<ul>{items}</ul></div><form class="card" method="post" action="/c/pay/{row.id}" novalidate>'
        + _field("email", words["email"], email, problem, "email", "email")
        + f"<fieldset><legend>{escape(words['how'])}</legend>"
        f'<label class="choice"><input type="radio" name="method" value="card"'
        f"{' checked' if method not in BANKS else ''}>{escape(words['card'])}</label>"
        + _field(
            "number", words["number"], given.get("number", ""), problem, "cc-number", "numeric"
        )
        + '<div class="row"><div>'
        + _field("exp", words["exp"], given.get("exp", ""), problem, "cc-exp", "numeric")
        + "</div><div>"
        + _field("cvc", words["cvc"], "", problem, "cc-csc", "numeric")
        + "</div></div>"
        + _field("name", words["name"], given.get("name", ""), problem, "cc-name", "text")
        + f"{banks}</fieldset>"
        f"<button>{escape(words['pay'])} {total}</button>{cancel}</form>"
        f'<details class="card"><summary>{escape(words["tests"])}</summary>{_numbers()}</details>'
    )
    return _frame(language, words["pay"], content, status=status)


def _numbers() -> str:
    shown = (
        ("4242 4242 4242 4242", "pays"),
        ("4000 0000 0000 3220", "asks for confirmation (3-D Secure)"),
        ("4000 0000 0000 0002", "is declined"),
        ("4000 0000 0000 9995", "has not enough money"),
        ("4000 0000 0000 0259", "pays, then disputes it"),
        ("4000 0000 0000 0077", "pays, available at once"),
        ("4000 0000 0000 5126", "pays; a refund fails"),
    )
    rows = "".join(f"<li><code>{number}</code><span>{what}</span></li>" for number, what in shown)
    return f'<ul class="hint" lang="en" dir="ltr">{rows}</ul>'


def _field(
    name: str, label: str, value: str, problem: tuple[str, str], complete: str, mode: str
) -> str:
    wrong = problem[0] == name
    flags = f' aria-invalid="true" aria-describedby="{name}-bad" autofocus' if wrong else ""
    said = f'<p class="bad" id="{name}-bad">{escape(problem[1])}</p>' if wrong else ""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" '
        f'value="{escape(value)}" autocomplete="{complete}" inputmode="{mode}"{flags}>{said}'
    )


def _confirm(world: World, name: str, given: dict[str, str] | None, language: str) -> Page:
    """The bank's page (3-D Secure)."""
    row = world.store.find(name, "payment_intent")
    if row is None:
        return _frame(language, "404", "<p>There is no such payment.</p>", status=404)
    session = world.store.find(row.inner["session"], "checkout.session")
    if session is not None and session.data["locale"] not in (None, "auto"):
        language = session.data["locale"]
    words = words_for(language)
    back = row.inner["return_url"] or "/"
    if row.data["status"] != "requires_action":
        return redirect(back)
    if given is None:
        total = _amount(words, row.data["amount"], row.data["currency"])
        return _frame(
            language,
            words["confirm"],
            f'<form class="card" method="post"><h1>{escape(words["confirm"])}</h1>'
            f'<p class="sum">{total}</p>'
            f'<button name="answer" value="yes">{escape(words["yes"])}</button>'
            f'<button class="second" name="answer" value="no">{escape(words["no"])}</button></form>',
        )
    intent = world.store.edit(name)
    checkout.authenticate(world, intent, passed=given.get("answer") == "yes")
    if session is None or intent.data["status"] == "requires_payment_method":
        if session is None:
            return redirect(back)
        error = (_decline(words, intent.data["last_payment_error"]),)
        return _form(session, words, language, {}, ("number", error[0]), status=402)
    return redirect(_success(session))


# --- introducing a seller -------------------------------------------------------------------------


def _setup(world: World, name: str, given: dict[str, str] | None, language: str) -> Page:
    link = world.store.find(name, "link")
    if link is None:
        return _frame(language, "404", "<p>There is no such link.</p>", status=404)
    target = link.data["target"]
    if link.inner["used"] or world.now() >= link.data["expires_at"]:
        return redirect(target["refresh_url"])
    words = words_for(language)
    account = world.store.edit(link.data["account"])
    if given is None:
        asked = "".join(f"<li><code>{escape(one)}</code></li>" for one in account.inner["missing"])
        answers = "".join(
            f'<label class="choice"><input type="radio" name="outcome" value="{value}"'
            f"{' checked' if value == 'passed' else ''}>{escape(words['setup_' + value])}</label>"
            for value in ("passed", "review", "refused")
        )
        content = (
            f'<form class="card" method="post"><h1>{escape(words["setup"])}</h1>'
            f'<p class="hint"><code>{escape(account.id)}</code></p><ul class="hint">{asked}</ul>'
            f"<fieldset><legend>{escape(words['setup_how'])}</legend>{answers}</fieldset>"
            f"<button>{escape(words['setup_send'])}</button>"
            f'<button class="second" name="later" value="1">{escape(words["setup_later"])}</button>'
            "</form>"
        )
        return _frame(language, words["setup"], content)
    world.store.edit(name).inner["used"] = True
    if not given.get("later"):
        outcome = given.get("outcome", "passed")
        if outcome not in ("passed", "review", "refused"):
            raise PeerError("No such outcome.")
        accounts.onboarded(world, account, outcome)
    return redirect(target.get("return_url") or target["refresh_url"])


PAGES = (
    (re.compile(r"/c/pay/([^/]+)"), _pay),
    (re.compile(r"/3ds/([^/]+)"), _confirm),
    (re.compile(r"/setup/([^/]+)"), _setup),
)
