"""A guest with a browser: looks around, buys, pays. Every request a browser would make for pages.

The pages' own forms are filled in and sent, so a changed form shows here as an error, not as a
quick answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator, Mapping
from urllib.parse import urlsplit

from bench.wire import Answer, BrokenTalkError, Talk, get, post

Form = dict[str, str]
Steps = Generator[bytes, Answer, Answer]
ADDRESS = {
    "country_code": "GB",
    "name": "Ada Bench",
    "street_address": "12 Long Lane",
    "city": "Leeds",
    "postal_code": "LS1 4AP",
    "email": "ada@bench.example",
}
CARD = {"number": "4242424242424242", "expiry": "12 / 35", "code": "123", "name": "Ada Bench"}
_INPUT = re.compile(r"<input[^>]*>")
_NAME, _VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')


class Guest:
    """Keeps cookies as a browser does."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.here = ""

    def open(self, path: str) -> Steps:
        """Get a page, following redirects as far as they go."""
        self.here = path
        answer = yield get(path, cookies=self.cookies)
        return (yield from self._follow(answer))

    def send(self, path: str, fields: Mapping[str, str]) -> Steps:
        """Post a form and follow where it leads."""
        self.here = path
        answer = yield post(path, fields, cookies=self.cookies)
        return (yield from self._follow(answer))

    def _follow(self, answer: Answer) -> Steps:
        self.keep(answer)
        while answer.status in {301, 302, 303}:
            to = urlsplit(answer.headers["location"])
            self.here = to.path + (f"?{to.query}" if to.query else "")
            answer = yield get(self.here, cookies=self.cookies)
            self.keep(answer)
        if answer.status != 200:
            raise BrokenTalkError(f"answer {answer.status}: {_words(answer)}")
        return answer

    def keep(self, answer: Answer) -> None:
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value

    def to_checkout(self, goods: Mapping[str, str]) -> Steps:
        """From a listing's page to the checkout; the checkout page."""
        page = yield from self.open(goods["page"])
        form = hidden_fields(page.text, "/basket/add/") | {
            "variant": goods["variant"],
            "quantity": "1",
        }
        basket = yield from self.send("/basket/add/", form)
        form = hidden_fields(basket.text, "/basket/update/") | {"go": "checkout"}
        return (yield from self.send("/basket/update/", form))


def look(path: str) -> Talk:
    """One page, once."""
    answer = yield get(path)
    if answer.status != 200:
        raise BrokenTalkError(f"answer {answer.status} from {path}")


def look_in_basket(guest: Guest) -> Talk:
    answer = yield get("/basket/", cookies=guest.cookies)
    if answer.status != 200 or b"/basket/update/" not in answer.body:
        raise BrokenTalkError(f"no filled basket: {answer.status}")


def prepare(goods: Mapping[str, str], ready: list[tuple[Guest, Form]]) -> Talk:
    """A guest who stands at the checkout with everything filled in, put into `ready`.

    It comes by the shortest way; the token is one that a page before could have given it.
    """
    guest = Guest()
    guest.cookies["csrftoken"] = token = secrets.token_hex(16)
    form = {"csrfmiddlewaretoken": token, "variant": goods["variant"], "quantity": "1"}
    answer = yield post("/basket/add/", form, cookies=guest.cookies)
    guest.keep(answer)
    page = yield from guest.open("/checkout/")
    ready.append((guest, order_form(page.text)))


def place(guest: Guest, form: Form) -> Generator[bytes, Answer, str]:
    """The one request that places the order; where it leads, "" when the goods are gone."""
    answer = yield post("/checkout/", form, cookies=guest.cookies)
    if answer.status == 302 and "/sandbox/pay/" in answer.headers["location"]:
        return answer.headers["location"]
    if answer.status != 409:
        raise BrokenTalkError(f"not placed: {answer.status} {_words(answer)}")
    return ""


def whole_visit(goods: Mapping[str, str], paid: list[str]) -> Talk:
    """From the home page to the receipt."""
    guest = Guest()
    yield from guest.open("/")
    yield from guest.open(goods["category"])
    checkout = yield from guest.to_checkout(goods)
    hosted = yield from guest.send("/checkout/", order_form(checkout.text))
    yield from pay(guest, hosted, paid)


def pay_later(guest: Guest, address: str, paid: list[str]) -> Talk:
    """A guest who has placed its order goes to the payment page and on to the receipt."""
    hosted = yield from guest.open(urlsplit(address).path)
    yield from pay(guest, hosted, paid)


def pay(guest: Guest, hosted: Answer, paid: list[str]) -> Generator[bytes, Answer, None]:
    yield from guest.send(guest.here, hidden_fields(hosted.text, "") | CARD)
    if not guest.here.startswith("/purchases/"):
        raise BrokenTalkError(f"no receipt after paying, but {guest.here}")
    paid.append(guest.here)


def order_form(page: str) -> Form:
    return hidden_fields(page, "/checkout/") | ADDRESS | {"action": "pay"}


def hidden_fields(page: str, action: str) -> Form:
    """Hidden inputs and chosen radios of the form that posts to `action` (any, where empty)."""
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL):
        if f'action="{action}"' in form.partition(">")[0] or not action:
            return {name: value for name, value in map(_field, _INPUT.findall(form)) if name}
    raise BrokenTalkError(f"no form for {action!r} on the page")


def _field(tag: str) -> tuple[str, str]:
    is_sent = 'type="hidden"' in tag or ('type="radio"' in tag and " checked" in tag)
    name, value = _NAME.search(tag), _VALUE.search(tag)
    return (name[1], value[1]) if is_sent and name and value else ("", "")


def _words(answer: Answer) -> str:
    text = re.sub(r"<(script|style|head).*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL)
    return " ".join(text.split())[:400]
