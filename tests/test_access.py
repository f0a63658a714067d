"""Who may open which page: every address of the market, tried by everybody it is not meant for.

DOORS classifies every address; a new one that is missing here fails. Whoever a page is not meant
for gets the same answer as for a page that does not exist (somebody who has not signed in is asked
to), whatever is sent, and afterwards every table holds exactly what it held before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image
from pytest_django import Settings

from accounts.models import Address, User
from accounts.services import save_address
from catalog.services.images import add_image
from common.documents import Document
from notifications.models import Notice
from notifications.services import notify
from orders.models import Case, CaseFile, Order, Purchase
from orders.services.cases import open_case
from orders.services.completion import confirm_receipt
from orders.services.fulfilment import mark_shipped
from orders.services.settling import run_settlement
from orders.states import CaseKind, CaseWish
from payments.models import DisputeShare, HeldPayment, Payout, ProviderDispute
from sellers.services import invite_member
from sellers.states import Role
from shipping.models import ItemNumberRange
from shipping.services import add_item_range
from tests.cast import ADDRESSES, NOW, Cast, Seller, cast, clock, make_user
from tests.orders.shopper import Shopper
from trade.models import Registration
from trade.rules.registrations import NumberKind
from trade.services.registrations import NewNumber, add_registration

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db

GET, POST = "GET", "POST"


class For(Enum):
    """Whom a page is for."""

    EVERYBODY = auto()
    SIGNED_IN = auto()  # shows only what is one's own; no address names an object
    PERSON = auto()  # an object of one person
    BUSINESS = auto()  # members of one business, from a role upwards
    LINK_HOLDER = auto()  # a purchase: its account, or a guest with the secret link
    MAILED = auto()  # whoever has the link of an e-mail, signed in or not
    PROVIDER = auto()  # signed messages of a payment provider
    DEMO = auto()  # everybody, in a demo; not there otherwise
    DEMO_STAFF = auto()
    SIGN_IN = auto()  # django-allauth's own pages, which guard themselves
    MODERATOR = auto()


@dataclass(frozen=True, slots=True)
class Door:
    """One address. methods: what the view takes; body: a POST that would change something."""

    whom: For
    methods: tuple[str, ...] = (GET,)
    role: Role = Role.STAFF
    body: Mapping[str, str] = field(default_factory=dict)


def everybody(*methods: str) -> Door:
    return Door(For.EVERYBODY, methods or (GET,))


def members(*methods: str, role: Role = Role.STAFF, **body: Any) -> Door:
    return Door(For.BUSINESS, methods or (GET,), role, body)


OPTION: Final[dict[str, Any]] = {
    "name": "Mine", "where": "home", "base": "1.00", "min_days": "1", "max_days": "2",
}  # fmt: skip
ROW: Final[dict[str, Any]] = {
    "v0-price": "1.00", "v0-available": "1", "v0-seen": "0", "v0-weight_g": "1",
}  # fmt: skip
NUMBER: Final[dict[str, Any]] = {
    "kind": "VOEC", "country": "NO", "number": "2021234", "valid_from": "2026-01-01",
}  # fmt: skip
BOTH: Final = (GET, POST)
DOORS: Final[dict[str, Door]] = {
    # --- for everybody ---------------------------------------------------------------------------
    "catalog:home": everybody(),
    "catalog:search": everybody(),
    "catalog:category": everybody(),
    "catalog:storefront": everybody(),
    "catalog:listing": everybody(),
    "catalog:listing_cost": everybody(),
    "catalog:robots": everybody(),
    "catalog:sitemap": everybody(),
    "catalog:sitemap_shelves": everybody(),
    "catalog:sitemap_listings": everybody(),
    "catalog:api_categories": everybody(),
    "catalog:api_listings": everybody(),
    "catalog:api_listing": everybody(),
    "catalog:api_quotes": everybody(POST),
    "catalog:api_desk_quote": everybody(*BOTH),
    "catalog:desk": everybody(),
    "catalog:fees": everybody(),
    "api_schema": everybody(),
    "trade:hs_search": everybody(),
    "trade:destinations": everybody(),
    "trade:destination": everybody(),
    "trade:destination_feed": everybody(),
    "trade:changes": everybody(),
    "trade:changes_feed": everybody(),
    "trade:api_destinations": everybody(),
    "trade:api_destination": everybody(),
    "trade:api_changes": everybody(),
    "payments:rates": everybody(),
    "sellers:start": everybody(),
    "accounts:preferences": everybody(*BOTH),
    "accounts:address_fields": everybody(POST),
    "orders:protection": everybody(),
    "orders:basket": everybody(),
    "orders:basket_add": everybody(POST),
    "orders:basket_update": everybody(POST),
    "orders:checkout": everybody(*BOTH),
    # --- signed in -------------------------------------------------------------------------------
    "accounts:profile": Door(For.SIGNED_IN, BOTH, body={"name": "Changed"}),
    "accounts:addresses": Door(For.SIGNED_IN),
    "accounts:address_new": Door(For.SIGNED_IN, BOTH),
    "notifications:inbox": Door(For.SIGNED_IN),
    "notifications:read_all": Door(For.SIGNED_IN, (POST,)),
    "orders:purchases": Door(For.SIGNED_IN),
    "orders:my_data": Door(For.SIGNED_IN),
    "sellers:open": Door(For.SIGNED_IN, BOTH),
    "accounts:address": Door(For.PERSON, BOTH, body={**ADDRESSES["FR"].as_dict(), "name": "X Y"}),
    "accounts:address_remove": Door(For.PERSON, (POST,)),
    "notifications:open": Door(For.PERSON),
    # --- a business ------------------------------------------------------------------------------
    "orders:overview": members(),
    "orders:seller_orders": members(),
    "orders:seller_order": members(),
    "orders:ship": members(POST, carrier="EMS", tracking_number="EE123456789XX"),
    "orders:cancel": members(POST, reason="Broken"),
    "orders:seller_refund": members(*BOTH, reason="GOODWILL", amount="1", do="confirm"),
    "orders:seller_cases": members(),
    "orders:seller_case": members(),
    "orders:seller_case_act": members(POST, do="accept"),
    "orders:seller_case_file": members(),
    "orders:slip": members(),
    "orders:customs": members(),
    "orders:papers": members(*BOTH, service="letter", packages="2"),
    "orders:paper": members(),
    "orders:papers_advance": members(),
    "orders:seller_disputes": members(role=Role.MANAGER),
    "orders:seller_dispute": members(*BOTH, role=Role.MANAGER, statement="Mine", purpose="other"),
    "orders:getting_paid": members(role=Role.OWNER),
    "orders:getting_paid_continue": members(POST, role=Role.OWNER),
    "orders:getting_paid_back": members(role=Role.OWNER),
    "orders:getting_paid_again": members(role=Role.OWNER),
    "orders:payouts": members(role=Role.OWNER),
    "orders:payout_settings": members(*BOTH, role=Role.OWNER, schedule="WEEKLY", weekday="2"),
    "orders:bank_account": members(*BOTH, role=Role.OWNER, account="1441000123456", holder="Eve"),
    "orders:payout": members(role=Role.OWNER),
    "orders:payout_csv": members(role=Role.OWNER),
    "orders:payout_pdf": members(role=Role.OWNER),
    "orders:year": members(role=Role.OWNER),
    "orders:year_csv": members(role=Role.OWNER),
    "orders:year_pdf": members(role=Role.OWNER),
    "sellers:status": members(),
    "sellers:submit": members(POST, role=Role.OWNER),
    "sellers:business": members(*BOTH, role=Role.MANAGER),
    "sellers:tax_numbers": members(*BOTH, role=Role.MANAGER, **NUMBER),
    "sellers:tax_number_end": members(POST, role=Role.MANAGER, last_day="2026-11-24"),
    "sellers:team": members(*BOTH, role=Role.OWNER, email="lucie@example.org", role_="OWNER"),
    "sellers:member_role": members(POST, role=Role.OWNER, role_="MANAGER"),
    "sellers:member_remove": members(POST, role=Role.OWNER),
    "shipping:profiles": members(),
    "shipping:profile_new": members(*BOTH, name="Mine", dispatch_days="3"),
    "shipping:profile": members(*BOTH, name="Mine", dispatch_days="3"),
    "shipping:profile_remove": members(POST),
    "shipping:option_new": members(*BOTH, **OPTION),
    "shipping:option": members(*BOTH, **OPTION),
    "shipping:option_remove": members(POST),
    "shipping:item_numbers": members(*BOTH, first="RR473124829GB", last="RR473124829GB"),
    "shipping:item_range_remove": members(POST),
    "catalog:seller_fees": members(),
    "catalog:listings": members(),
    "catalog:listing_new": members(*BOTH, title="Mine now", category="1"),
    "catalog:hs_options": members(),
    "catalog:listing_edit": members(*BOTH, title="Mine now"),
    "catalog:listing_photos": members(*BOTH),
    "catalog:photo_change": members(POST, do="remove"),
    "catalog:listing_variants": members(*BOTH, **ROW),
    "catalog:listing_preview": members(),
    "catalog:listing_state": members(POST, do="pause"),
    # --- a purchase ------------------------------------------------------------------------------
    "orders:checkout_return": Door(For.LINK_HOLDER),
    "orders:pay": Door(For.LINK_HOLDER, (POST,)),
    "orders:give_up": Door(For.LINK_HOLDER, (POST,)),
    "orders:purchase": Door(For.LINK_HOLDER),
    "orders:confirm_receipt": Door(For.LINK_HOLDER, (POST,)),
    "orders:case": Door(
        For.LINK_HOLDER, BOTH, body={"kind": "OTHER", "wanted": "REFUND_FULL", "text": "Mine"}
    ),
    "orders:case_act": Door(For.LINK_HOLDER, (POST,), body={"do": "withdraw"}),
    "orders:case_file": Door(For.LINK_HOLDER),
    "orders:payout_stop": Door(For.MAILED, BOTH),
    # --- machines, demonstrations ----------------------------------------------------------------
    "orders:webhook": Door(For.PROVIDER, (POST,)),
    "orders:webhook_connect": Door(For.PROVIDER, (POST,)),
    "orders:webhook_thin": Door(For.PROVIDER, (POST,)),
    "notifications:mailbox": Door(For.DEMO),
    "notifications:mail": Door(For.DEMO),
    "notifications:mail_html": Door(For.DEMO),
    "style": Door(For.DEMO),
    "sandbox:pay": Door(For.DEMO, BOTH),
    "sandbox:challenge": Door(For.DEMO, BOTH),
    "sandbox:bank": Door(For.DEMO, BOTH),
    "sandbox:console": Door(For.DEMO_STAFF),
    "sandbox:act": Door(For.DEMO_STAFF, (POST,)),
    # --- signing in ------------------------------------------------------------------------------
    **{
        f"account_{name}": Door(For.SIGN_IN, BOTH)
        for name in (
            "login", "logout", "inactive", "signup", "reauthenticate", "email", "set_password",
            "email_verification_sent", "change_password", "reset_password", "confirm_login_code",
            "confirm_email", "reset_password_from_key_done", "reset_password_from_key",
            "reset_password_done",
        )
    },
    **{
        f"mfa_{name}": Door(For.SIGN_IN, BOTH)
        for name in (
            "index", "authenticate", "reauthenticate", "activate_totp", "deactivate_totp",
            "view_recovery_codes", "generate_recovery_codes", "download_recovery_codes",
        )
    },
    # --- moderators: our own pages in the admin; the generic ones are Django's -------------------
    **{
        f"admin:{name}": Door(For.MODERATOR, BOTH, body={"reason": "Because", "amount": "1"})
        for name in (
            "sellers_business_approve", "sellers_business_reject", "sellers_business_suspend",
            "sellers_business_reinstate", "catalog_listing_approve", "catalog_listing_reject",
            "catalog_listing_remove", "orders_order_refund", "orders_order_cancel",
            "orders_case_settle", "orders_case_file",
            "orders_order_paper",
            "payments_account_trial_balance_csv", "payments_refund_retry", "payments_rate_approve",
            "payments_heldpayment_end_warnings", "payments_payout_recall",
            "payments_rateproposal_approve", "payments_rateproposal_reject",
            "payments_spreadrule_end", "payments_payee_hold", "payments_payee_resume", "payments_payee_bank_file",
            "payments_payee_overdue", "payments_bankfile_make", "payments_bankfile_download",
            "payments_bankanswer_take_in",
            "payments_payee_hold", "payments_payee_resume", "payments_payee_bank_file", "payments_payee_reserve",
            "payments_providerdispute_answer", "payments_providerdispute_give_in",
            "payments_payee_overdue", "payments_bankfile_make", "payments_bankfile_download",
            "payments_bankanswer_take_in",
            "payments_providerevent_reopen", "payments_account_reports",
            "payments_account_aged_held_csv", "payments_account_exchange_position_csv",
            "payments_reconciliationrun_reconcile_now", "payments_difference_resolve",
            "sellers_business_seller_report", "payments_feerule_end", "payments_feetaxrule_end",
            "trade_registration_end", "trade_registration_schemes", "orders_ordercharge_scheme_reports",
            "trade_rulebookchange_rows", "trade_rulebookchange_end_a_row",
            "trade_screeningcase_clear", "trade_screeningcase_confirm", "trade_screeningcase_clear",
            "trade_screeningcase_confirm",
            "trade_taxnumbercheck_confirm", "trade_taxnumbercheck_refuse",
        )
    },
}  # fmt: skip
GENERIC: Final = (
    "_add", "_changelist", "_change", "_delete", "_history", "_password_change",
)  # fmt: skip
DJANGOS: Final = {
    f"admin:{name}"
    for name in (
        "index", "login", "logout", "password_change", "password_change_done", "autocomplete",
        "jsi18n", "view_on_site", "app_list", "search",
    )
}  # fmt: skip
# Written by being looked at, and nobody's property.
IGNORED_TABLES: Final = ("django_session", "axes_", "django_migrations", "freeport_demo")


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name; our own and those of the apps that we include."""

    def walk(found: list[Any], space: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in found:
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)
            elif isinstance(pattern, URLPattern):
                yield f"{space}{pattern.name or ''}", pattern

    return walk(get_resolver().url_patterns, "")


@lru_cache
def pattern_of(name: str) -> URLPattern:
    return dict(patterns())[name]


def is_djangos(name: str) -> bool:
    """A generic page of Django's admin, which asks its own permissions."""
    is_ours = name in DOORS
    generic = name.startswith("admin:") and name.endswith(GENERIC)
    return not is_ours and (generic or name in DJANGOS or name == "admin:")


def test_every_address_is_classified() -> None:
    names = {name for name, _ in patterns()}
    assert {name for name in names - DOORS.keys() if not is_djangos(name)} == set()
    assert DOORS.keys() - names == set()


# --- the people and what is theirs ---------------------------------------------------------------


@dataclass
class World:
    """The cast, with something of every kind that belongs to Ama and to Lucie."""

    cast: Cast
    kofi: User
    clerk: User
    purchase: Purchase  # of Lucie's account, from Ama and Chiara
    gift: Purchase  # of a guest, from Ama
    payout: Payout
    share: DisputeShare  # Ama's part of a dispute about the purchase's first order
    case: Case  # about the guest's purchase
    address: Address
    notice: Notice
    range: ItemNumberRange  # of item numbers

    def client(self, who: str, *, is_strict: bool = False) -> Client:
        """A browser in which `who` has signed in; "nobody" has not."""
        client = Client(enforce_csrf_checks=is_strict, raise_request_exception=False)
        people = {
            "ama": self.cast.ama.user,
            "chiara": self.cast.chiara.user,
            "kofi": self.kofi,
            "clerk": self.clerk,
        }
        if who != "nobody":
            user = people.get(who) or getattr(self.cast, who)
            # The session is not part of what is compared; last_login would be.
            client.force_login(user)
        return client

    def arguments(self, name: str, seller: Seller) -> dict[str, Any]:
        """What the address `name` is about, where it is `seller`'s."""
        order = Order.objects.filter(purchase=self.purchase, business=seller.business).get()
        listing = seller.listing
        known = {
            "slug": seller.business.slug,
            "member_id": seller.business.memberships.order_by("-id")[0].pk,
            "profile_id": seller.option.profile_id,
            "option_id": seller.option.pk,
            "listing_id": listing.pk,
            "image_id": listing.images.order_by("id")[0].pk,
            "number": self.payout.number if "payout" in name else order.number,
            "case_id": self.case.pk,
            "file_id": CaseFile.objects.get().pk,
            "share_id": self.share.pk,
            "registration_id": Registration.objects.get(owner_ref=seller.business.pk).pk,
            "address_id": self.address.pk,
            "notice_id": self.notice.pk,
            "token": self.purchase.token,
            "path": "home",
            "provider": "sandbox",
            "code": "JP",
            "paper": "invoice",
            "range_id": self.range.pk,
            "part": 1,
            "session_id": "none",
            "mail_id": self.notice.pk,
            # The books stamp their entries by the database's own clock.
            "year": datetime.now(UTC).year,
        }
        if name == "catalog:listing":
            known["slug"] = listing.slug
        wanted = pattern_of(name).pattern.converters
        return {key: known[key] for key in wanted}

    def url(self, name: str, *, seller: Seller | None = None, **changes: Any) -> str:
        return reverse(name, kwargs={**self.arguments(name, seller or self.cast.ama), **changes})


@pytest.fixture
def world(cast: Cast) -> World:
    kofi = make_user("kofi@example.org", name="Kofi")
    invite_member(
        business=cast.ama.business, actor=cast.ama.user, email=kofi.email, role=Role.STAFF, now=NOW
    )
    clerk = make_user("clerk@example.org", name="Clerk")
    User.objects.filter(pk=clerk.pk).update(is_staff=True)
    for seller in cast.sellers:
        add_image(listing=seller.listing, file=photo(), alt="From the side")
        add_registration(
            owner_ref=seller.business.pk,
            new=NewNumber(
                kind=NumberKind.EORI,
                country="GB",
                number="GB123456789000",
                valid_from=NOW.date(),
            ),
            reason="",
            actor=None,
            now=NOW,
        )
    first = buy(Shopper("FR", user=cast.lucie), cast.ama, cast.chiara)
    order = first.orders.get(business=cast.ama.business)
    mark_shipped(order=order, actor=cast.ama.user, carrier="EMS", tracking_number="", now=NOW)
    order.refresh_from_db()
    confirm_receipt(order=order, actor=cast.lucie, now=NOW)
    run_settlement(now=NOW)
    lucie = Shopper("FR", user=cast.lucie)
    gift = buy(Shopper("FR"), cast.ama)
    return World(
        cast=cast,
        kofi=kofi,
        clerk=clerk,
        purchase=buy(lucie, cast.ama, cast.chiara, cast.linh),
        gift=gift,
        payout=Payout.objects.get(),
        share=dispute(order),
        case=complain(gift),
        address=save_address(user=cast.lucie, address=ADDRESSES["FR"]),
        notice=notify(
            key="access-test",
            kind="test",
            user=cast.lucie,
            language="en",
            subject="For Lucie",
            text="Only for her.",
            url="/account/",
            now=NOW,
        ),
        range=add_item_range(
            business=cast.ama.business, prefix="CP", country="GH", first=1, last=9, now=NOW
        ),
    )


def dispute(order: Order) -> DisputeShare:
    """Its buyer's bank asks about an order."""
    held = HeldPayment.objects.select_related("payment").get(order_ref=order.pk)
    row = ProviderDispute.objects.create(
        payment=held.payment,
        provider="sandbox",
        provider_ref="dp_1",
        currency=held.currency,
        amount=100,
        reason="product_not_received",
        state="INQUIRY",
        opened_at=NOW,
    )
    return DisputeShare.objects.create(dispute=row, held=held, amount=100)


def complain(purchase: Purchase) -> Case:
    """A case about the purchase's order, which has been sent."""
    order = purchase.orders.get()
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    return open_case(
        order=order,
        actor=None,
        kind=CaseKind.DAMAGED,
        wanted=CaseWish.REFUND_FULL,
        wanted_amount=None,
        text="Broken.",
        files=[Document("letter.pdf", "application/pdf", b"%PDF-1.4")],
        now=NOW,
    )


def buy(shopper: Shopper, *sellers: Seller) -> Purchase:
    for seller in sellers:
        shopper.add(seller.variant)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    purchase.refresh_from_db()
    return purchase


def photo() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (40, 40), "#803020").save(file, "PNG")
    file.seek(0)
    return file


def everything() -> dict[str, tuple[int, int]]:
    """Rows and a checksum of every table."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        tables = [name for name in names if not name.startswith(IGNORED_TABLES)]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), coalesce(sum(hashtext(t::text)), 0)"
                f' FROM "{table}" AS t'
                for table in tables
            )
        )
        return {name: (count, total) for name, count, total in cursor.fetchall()}


Asker = Callable[[str, str], int]


def body_of(name: str) -> dict[str, str]:
    """The POST that would change something (`role` is a word of Door's own, hence role_)."""
    return {key.rstrip("_"): value for key, value in DOORS[name].body.items()}


def knock(client: Client, name: str, url: str, method: str) -> Any:
    if method == GET:
        return client.get(url)
    return client.post(url, body_of(name))


def asks_to_sign_in(response: Any) -> bool:
    doors = ("/account/login/", "/account/signup/", "/admin/login/")
    return bool(response.status_code == 302 and response["Location"].startswith(doors))


def refused(client: Client, name: str, url: str, *, is_guest: bool) -> None:
    """Every method is answered as if there were no such page, or by asking to sign in."""
    for method in BOTH:
        response = knock(client, name, url, method)
        said = f"{method} {url} ({name}) answered {response.status_code}"
        if method not in DOORS[name].methods:
            # Said before anybody looks at what the address names.
            assert response.status_code in {404, 405} or asks_to_sign_in(response), said
        elif is_guest:
            assert asks_to_sign_in(response), said
        else:
            assert response.status_code == 404, said


def of(*kinds: For) -> list[str]:
    return [name for name, door in DOORS.items() if door.whom in kinds]


# --- who must stay outside -----------------------------------------------------------------------


def test_a_business_is_not_there_for_strangers(world: World) -> None:
    clients = {who: world.client(who) for who in ["nobody", "lucie", "chiara", "mira", "clerk"]}
    before = everything()
    for who, client in clients.items():
        for name in of(For.BUSINESS):
            refused(client, name, world.url(name), is_guest=who == "nobody")
        assert everything() == before, who


def test_staff_open_no_door_of_their_owner(world: World) -> None:
    client, before = world.client("kofi"), everything()
    shut = [name for name in of(For.BUSINESS) if DOORS[name].role != Role.STAFF]
    assert len(shut) >= 8
    for name in shut:
        refused(client, name, world.url(name), is_guest=False)
    assert everything() == before


def test_another_sellers_things_are_not_reached_through_ones_own_business(world: World) -> None:
    client, before = world.client("chiara"), everything()
    own = world.cast.chiara.business.slug
    tried = 0
    for name in of(For.BUSINESS):
        arguments = world.arguments(name, world.cast.ama)
        if arguments.keys() == {"slug"}:
            continue
        refused(client, name, reverse(name, kwargs={**arguments, "slug": own}), is_guest=False)
        tried += 1
    assert tried >= 15
    assert everything() == before


def test_a_members_doors_open(world: World) -> None:
    """Otherwise the tests above would pass on a market whose doors are all shut."""
    for who, roles in (("ama", list(Role)), ("kofi", [Role.STAFF])):
        client = world.client(who)
        for name in of(For.BUSINESS):
            door = DOORS[name]
            if door.role not in roles:
                continue
            with transaction.atomic():
                response = knock(client, name, world.url(name), door.methods[0])
                transaction.set_rollback(True)
            assert response.status_code in {200, 302, 422}, f"{name}: {response.status_code}"
            assert not asks_to_sign_in(response)


def test_what_is_one_persons_is_nobody_elses(world: World) -> None:
    clients = {who: world.client(who) for who in ["nobody", "haruka", "ama", "mira"]}
    before = everything()
    for who, client in clients.items():
        for name in of(For.PERSON):
            refused(client, name, world.url(name), is_guest=who == "nobody")
        if who == "nobody":
            for name in of(For.SIGNED_IN):
                refused(client, name, world.url(name), is_guest=True)
        assert everything() == before, who


def test_ones_own_things_open(world: World) -> None:
    client = world.client("lucie")
    for name in of(For.PERSON, For.SIGNED_IN):
        with transaction.atomic():
            response = knock(client, name, world.url(name), DOORS[name].methods[0])
            transaction.set_rollback(True)
        assert response.status_code in {200, 302}, name
        assert not asks_to_sign_in(response), name


def test_a_purchase_of_an_account_opens_for_that_account_only(world: World) -> None:
    clients = {who: world.client(who) for who in ["nobody", "haruka", "ama", "mira"]}
    before = everything()
    for who, client in clients.items():
        for name in of(For.LINK_HOLDER):
            refused(client, name, world.url(name), is_guest=who == "nobody")
        assert everything() == before, who


def test_a_guests_purchase_opens_with_its_link_and_with_no_other(world: World) -> None:
    client, before = world.client("nobody"), everything()
    gift = world.gift
    page = world.url("orders:purchase", token=gift.token)
    assert client.get(page).status_code == 200
    number = gift.orders.get().number
    for name in of(For.LINK_HOLDER):
        wrong = world.url(name, token=gift.token[:-1] + ("A" if gift.token[-1] != "A" else "B"))
        for method in BOTH:
            assert knock(client, name, wrong, method).status_code in {404, 405}
    # Another buyer's order is not reached through one's own link.
    other = world.url("orders:confirm_receipt", token=gift.token)
    assert number not in other
    assert client.post(other).status_code == 404
    assert everything() == before
    assert len(gift.token) >= 22  # 128 bits and more


def test_only_moderators_decide(world: World) -> None:
    clients = {who: world.client(who) for who in ["nobody", "lucie", "ama", "clerk"]}
    before = everything()
    for who, client in clients.items():
        things = {
            "business": world.cast.ama.business.pk,
            "listing": world.cast.ama.listing.pk,
            "order": world.purchase.orders.all()[0].pk,
            "case": world.case.pk,
        }
        for name in of(For.MODERATOR):
            parts = name.removeprefix("admin:").split("_")
            has_object = "object_id" in pattern_of(name).pattern.converters
            more = ["invoice"] if "paper" in pattern_of(name).pattern.converters else []
            url = reverse(name, args=[things.get(parts[1], 1), *more] if has_object else more)
            for method in BOTH:
                response = knock(client, name, url, method)
                is_out = asks_to_sign_in(response) or response.status_code in {403, 404, 405}
                assert is_out, f"{method} {name}: {response.status_code}"
        for name, _ in patterns():
            if name.endswith("_changelist"):
                response = client.get(reverse(name))
                assert asks_to_sign_in(response) or response.status_code == 403, name
        assert everything() == before, who


def test_a_moderators_doors_open(world: World) -> None:
    client = world.client("mira")
    business = world.cast.ama.business.pk
    assert client.get(reverse("admin:sellers_business_suspend", args=[business])).status_code == 200
    order = world.purchase.orders.all()[0].pk
    assert client.get(reverse("admin:orders_order_refund", args=[order])).status_code == 200


def test_a_moderator_who_is_no_superuser_takes_over_no_superuser(world: World) -> None:
    from_outside = world.clerk
    permission_to_change_people(from_outside)
    client, before = world.client("clerk"), User.objects.values().get(pk=world.cast.mira.pk)
    change = reverse("admin:accounts_user_change", args=[world.cast.mira.pk])
    password = reverse("admin:auth_user_password_change", args=[world.cast.mira.pk])
    lucie = reverse("admin:accounts_user_change", args=[world.cast.lucie.pk])
    assert client.get(lucie).status_code == 200
    client.post(change, {"email": "clerk@elsewhere.example", "name": "Mine"})
    fresh = {"password1": "another horse battery", "password2": "another horse battery"}
    client.post(password, {**fresh, "usable_password": "true"})
    assert User.objects.values().get(pk=world.cast.mira.pk) == before


def permission_to_change_people(user: User) -> None:
    names = ["change_user", "view_user"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))


# --- demonstrations and machines -----------------------------------------------------------------


def test_a_real_market_has_no_pages_of_a_demonstration(world: World, settings: Settings) -> None:
    clients = {who: world.client(who) for who in ("nobody", "lucie", "ama", "mira")}
    before = everything()
    settings.DEMO = False
    for client in clients.values():
        for name in ("notifications:mailbox", "notifications:mail", "notifications:mail_html"):
            assert client.get(world.url(name)).status_code == 404
        for name in of(For.DEMO_STAFF):
            assert knock(client, name, world.url(name), DOORS[name].methods[0]).status_code == 404
    settings.DEMO = True
    for who in ("nobody", "lucie", "ama"):
        for name in of(For.DEMO_STAFF):
            response = knock(clients[who], name, world.url(name), DOORS[name].methods[0])
            assert response.status_code == 404
    assert everything() == before


def test_a_provider_signs_what_it_says(world: World) -> None:
    client, before = world.client("nobody"), everything()
    event = {"id": "evt_1", "type": "payment.paid", "object": "cs_1"}
    for provider in ("sandbox", "stripe", "nobody-we-know"):
        for headers in ({}, {"Sandbox-Signature": "t=1,v1=00"}, {"Stripe-Signature": "t=1,v1=0"}):
            for name in ("webhook", "webhook_connect", "webhook_thin"):
                response = client.post(
                    reverse(f"orders:{name}", args=[provider]),
                    event,
                    content_type="application/json",
                    headers=headers,
                )
                assert response.status_code == 400
    assert everything() == before


def test_no_form_is_taken_from_another_site(world: World) -> None:
    client = world.client("ama", is_strict=True)
    before = everything()
    for name, door in DOORS.items():
        if POST not in door.methods or door.whom in {For.PROVIDER, For.MODERATOR, For.SIGN_IN}:
            continue
        if name.startswith("catalog:api_"):
            continue  # looks at no cookie at all
        assert knock(client, name, world.url(name), POST).status_code == 403, name
    assert everything() == before


# --- what every answer carries, and what none of them chokes on ----------------------------------


def readable(world: World) -> Iterator[tuple[Client, str, str]]:
    """Every page that can be read, with somebody who may."""
    clients = {who: world.client(who) for who in ("nobody", "lucie", "ama", "mira")}
    readers = {For.BUSINESS: "ama", For.PERSON: "lucie", For.SIGNED_IN: "lucie"}
    readers |= {For.LINK_HOLDER: "lucie", For.DEMO_STAFF: "mira"}
    for name, door in DOORS.items():
        if GET in door.methods and door.whom not in {For.SIGN_IN, For.MODERATOR, For.PROVIDER}:
            yield clients[readers.get(door.whom, "nobody")], name, world.url(name)
    yield clients["nobody"], "account_login", reverse("account_login")
    yield clients["mira"], "admin:index", reverse("admin:index")


def test_every_page_carries_its_guards(world: World) -> None:
    for client, name, url in readable(world):
        response = client.get(url)
        policy = response.headers.get("Content-Security-Policy", "")
        assert "frame-ancestors" in policy, name
        assert "default-src 'none'" in policy, name
        if not name.startswith("admin:") and name != "notifications:mail_html":
            assert "unsafe" not in policy, name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["Referrer-Policy"] in {"same-origin", "strict-origin-when-cross-origin"}
        assert response["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}, name
        for cookie in response.cookies.values():
            assert cookie["samesite"] == "Lax", cookie.key
            assert cookie["httponly"] or cookie.key == "csrftoken", cookie.key


NONSENSE: Final = "\u00b2", "9" * 40 + "-1\u202e'\"><script>" * 100


def test_nonsense_in_an_address_is_no_failure(world: World) -> None:
    parameters = ("page", "q", "show", "to", "v", "quantity", "option", "min", "max", "from",
                  "sort", "hs_words", "next", "amount", "sold", "paid", "name_1", "values_1",
                  "category", "in_stock", "stock")  # fmt: skip
    for client, name, url in readable(world):
        for odd in NONSENSE:
            response = client.get(url, dict.fromkeys(parameters, odd))
            assert response.status_code < 500, f"{name} with {odd[:20]!r}"
    for url in ("/search/", "/trade/hs", "/api/v1/listings/", "/dev/mail/"):
        response = world.client("nobody").get(url, {"q": "\0", "from": "\0", "to": "\0"})
        assert response.status_code == 400


def test_nonsense_in_a_form_is_no_failure(world: World) -> None:
    clients = {who: world.client(who) for who in ("nobody", "lucie", "ama", "mira")}
    whose = {For.BUSINESS: "ama", For.PERSON: "lucie", For.SIGNED_IN: "lucie"}
    whose |= {For.LINK_HOLDER: "lucie", For.DEMO_STAFF: "mira"}
    asked = ("variant", "quantity", "remove", "key", "accepted", "currency", "alt", "hs_words",
             "object", "action", "country_code", "country", "next", "category", "do", "prefix")  # fmt: skip
    urls = {
        name: world.url(name)
        for name in DOORS
        if not name.startswith("admin:") and DOORS[name].whom is not For.SIGN_IN
    }
    for name, door in DOORS.items():
        if POST not in door.methods or name not in urls:
            continue
        client = clients[whose.get(door.whom, "nobody")]
        for odd in ("\x00", "9" * 40):
            fields = {**dict.fromkeys(asked, odd), **dict.fromkeys(body_of(name), odd)}
            fields |= {"do": "describe"} if name == "catalog:photo_change" else {}
            # What one nonsense removed, the next does not find; that is no failure either.
            response = client.post(urls[name], fields)
            assert response.status_code < 500, f"{name} with {odd!r}"


def test_nonsense_where_an_address_names_something(world: World) -> None:
    ama, lucie = world.client("ama"), world.client("lucie")
    slug = world.cast.ama.business.slug
    for odd in ["%00", "%FF", "..%2f", "x" * 3000]:
        for path in (f"/sell/{slug}/orders/{odd}/", f"/sell/{slug}/payouts/{odd}/",
                     f"/sell/{slug}/orders/{odd}/ship/"):  # fmt: skip
            assert ama.get(path).status_code in {400, 404, 405}, path
            assert ama.post(path, {"carrier": "EMS"}).status_code in {400, 404, 405}, path
        for path in (f"/purchases/{odd}/", f"/checkout/return/{odd}/", f"/checkout/pay/{odd}/",
                     f"/sandbox/pay/{odd}/", f"/c/{odd}/", f"/shops/{odd}/"):  # fmt: skip
            assert lucie.get(path).status_code in {400, 404, 405}, path
            assert lucie.post(path).status_code in {400, 404, 405}, path
