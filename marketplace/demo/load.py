"""Making the demo market through the same services as everybody's: nothing is written past them."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from accounts.services import appoint_moderator, register_person
from catalog.models import Category, Variant
from catalog.rules.publishing import combinations
from catalog.services.editing import (
    VariantInput,
    create_listing,
    set_variants,
    submit_listing,
    update_listing,
)
from catalog.services.fees import add_fee_rule
from catalog.services.images import EncodedPhoto, add_encoded
from catalog.services.review import approve_listing
from catalog.services.shelves import count_shelves, save_shelves
from common.addresses import PostalAddress
from common.money import Money
from marketplace.demo import afterwards
from marketplace.demo.market import BUSINESSES, DemoBusiness, DemoListing
from marketplace.demo.numbers import give_numbers, join_every_scheme
from marketplace.demo.paint import Pictures, paint
from marketplace.demo.people import (
    BUYERS,
    MODERATOR,
    NEWCOMER,
    NEWCOMER_ADDRESS,
    ORDERS,
    PASSWORD,
    DemoBuyer,
    DemoOrder,
)
from marketplace.furnish import SHELVES
from orders.models import Order, Purchase
from orders.selectors.baskets import price_basket
from orders.services.baskets import add_to_basket, open_basket
from orders.services.checkout import Buyer, place_order
from orders.services.completion import confirm_receipt
from orders.services.expiry import expire_purchase
from orders.services.fulfilment import cancel_order, mark_delivered, mark_shipped
from orders.services.outcomes import handle_payment_outcome
from orders.services.quotes import checkout_quotes
from orders.services.refunds import refund_order
from orders.services.settling import run_settlement
from payments.models import Payment
from payments.rules.providers import SANDBOX
from payments.services.charging import open_session, sync_payment
from payments.services.fees import NewFee
from payments.services.rates import refresh_rates
from payments.services.reconciliation import reconcile
from sandbox.services import pay_session
from sellers.models import Business
from sellers.services.business import BusinessDetails, open_business, update_business
from sellers.services.review import approve_business, submit_for_review
from shipping.models import DeliveryOption, DeliveryProfile
from shipping.rules import CarriedBy
from shipping.services import OptionTerms, save_option, save_profile
from trade.services.sanctions_lists import refresh_demo_list

DAYS_A_WEEK = 7
GOOD_CARD = "4242424242424242"
Say = Callable[[str], None]


@dataclass(slots=True)
class DemoMarket:
    """What was made so far, by the names that the data uses."""

    now: datetime
    moderator: User
    shelves: dict[str, Category]
    variants: dict[str, list[Variant]] = field(default_factory=dict)
    weeks_with_rates: set[int] = field(default_factory=set)


def is_loaded() -> bool:
    """Whether the demo market stands: its moderator is made last of all people."""
    return User.objects.filter(email=MODERATOR.email).exists() and Purchase.objects.exists()


def load_market(*, now: datetime, say: Say) -> DemoMarket:
    """Make the whole market: people, businesses, listings with pictures, orders in every state."""
    with ThreadPoolExecutor(max_workers=2) as painters:
        pictures = paint(painters, BUSINESSES)
        with transaction.atomic():
            market = DemoMarket(
                now=now,
                moderator=_moderator(),
                shelves=save_shelves(shelves=SHELVES),
            )
            join_every_scheme(now=now)
            refresh_demo_list(now=now)
            buyers = {buyer.email: _person(buyer.name, buyer.email, buyer) for buyer in BUYERS}
            give_numbers(people=buyers, moderator=market.moderator, now=now)
        for number, demo in enumerate(BUSINESSES, start=1):
            with transaction.atomic():
                _open(market, demo, number, pictures)
            say(f"  {demo.name}, {demo.country}: {len(demo.listings)} listings")
    _ask_for_review(market)
    count_shelves()
    for order in ORDERS:
        _buy(market, buyers[order.buyer], order)
    say(f"  {len(ORDERS)} purchases in every state")
    run_settlement(now=now)
    # Most of it moved longer ago than a reconciliation looks back.
    reconcile(provider=SANDBOX, now=now, since=now - timedelta(days=60))
    _set_fees(market)
    return market


def _set_fees(market: DemoMarket) -> None:
    """Beside the usual fee a cheaper shelf and some cheaper weeks, so that there is a schedule."""
    shelf = NewFee(name="Textiles", percent_bp=500, category="home/textiles")
    weeks = NewFee(
        name="Lantern weeks",
        percent_bp=450,
        is_promotion=True,
        ends_at=market.now + timedelta(days=30),
    )
    for fee, reason in (
        (shelf, "Cloth is light, and returns are few."),
        (weeks, "The season of presents."),
    ):
        add_fee_rule(fee=fee, reason=reason, actor=market.moderator, now=market.now)


# --- people -----------------------------------------------------------------------------------


def _person(name: str, email: str, buyer: DemoBuyer | None = None) -> User:
    user = register_person(
        email=email,
        password=None,
        name=name,
        country=buyer.address.country_code if buyer else "",
        currency=buyer.currency if buyer else "",
        is_verified=True,
    )
    User.objects.filter(pk=user.pk).update(password=_password_hash())
    return user


@cache
def _password_hash() -> str:
    """Hashing is slow on purpose, and all of the demo's people have one password."""
    return make_password(PASSWORD)


def _moderator() -> User:
    """A moderator with the rights of one, not a superuser: as it would be in a real market."""
    user = _person(MODERATOR.name, MODERATOR.email)
    appoint_moderator(user=user)
    user.refresh_from_db()
    return user


# --- businesses and listings ------------------------------------------------------------------


def _open(market: DemoMarket, demo: DemoBusiness, number: int, pictures: Pictures) -> None:
    opened_at = market.now - timedelta(days=60 - number)
    owner = _person(demo.owner, demo.email)
    address = PostalAddress(
        country_code=demo.country,
        name=demo.owner,
        street_address=demo.street,
        city=demo.city,
        postal_code=demo.postal_code,
        country_area=demo.area,
        phone=demo.phone,
    )
    business = open_business(
        owner=owner,
        name=demo.name,
        country=demo.country,
        currency=demo.currency,
        address=address,
        phone=demo.phone,
        tagline=demo.tagline,
        story=demo.story,
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=opened_at,
    )
    update_business(
        business=business,
        actor=owner,
        details=BusinessDetails(
            name=demo.name,
            address=address,
            phone=demo.phone,
            tagline=demo.tagline,
            story=demo.story,
        ),
        logo=io.BytesIO(pictures.signs[demo.slug, "logo"].result()),
        banner=io.BytesIO(pictures.signs[demo.slug, "banner"].result()),
        now=opened_at,
    )
    business.refresh_from_db()
    business = submit_for_review(business=business, actor=owner, now=opened_at)
    business = approve_business(business=business, actor=market.moderator, now=opened_at)
    afterwards.set_terms(business=business, owner=owner, moderator=market.moderator)
    profile = _deliver(business, demo, opened_at)
    for position, listing in enumerate(demo.listings):
        _list(
            market,
            business,
            profile,
            listing,
            live_at=opened_at + timedelta(hours=7 * (position + 1)),
            photos=[future.result() for future in pictures.photos[f"{demo.slug}/{listing.title}"]],
        )


def _ask_for_review(market: DemoMarket) -> None:
    """A newcomer's business that waits for the moderator."""
    asked_at = market.now - timedelta(hours=20)
    with transaction.atomic():
        owner = _person(NEWCOMER.name, NEWCOMER.email)
        business = open_business(
            owner=owner,
            name="Masi Marama",
            country=NEWCOMER_ADDRESS.country_code,
            currency="FJD",
            address=NEWCOMER_ADDRESS,
            phone=NEWCOMER_ADDRESS.phone,
            tagline="Bark cloth, printed by hand",
            story="My aunts beat the mulberry bark, I cut the stencils. We print on Saturdays.",
            agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
            now=asked_at,
        )
        submit_for_review(business=business, actor=owner, now=asked_at)


def _deliver(business: Business, demo: DemoBusiness, now: datetime) -> DeliveryProfile:
    profile = DeliveryProfile.objects.filter(business=business).order_by("id").first()
    if profile is None:
        profile = save_profile(business=business, name="Standard", dispatch_days=2, now=now)
    DeliveryOption.objects.filter(profile=profile).delete()
    shortest, longest = demo.days_abroad
    offers = (
        ("Post", demo.home, (1, 4), (business.country,), CarriedBy.POST),
        ("International post, tracked", demo.abroad, (shortest, longest), (), CarriedBy.POST),
        ("Courier", _courier(demo.abroad), (3, 5), (), CarriedBy.COURIER),
    )
    for name, (base, per_kg), (soonest, latest), countries, carried_by in offers:
        save_option(
            business=business,
            profile_id=profile.pk,
            terms=OptionTerms(
                name=name,
                base_amount=Money.parse(base, business.currency).amount,
                per_kg_amount=Money.parse(per_kg, business.currency).amount,
                min_days=soonest,
                max_days=latest,
                countries=countries,
                everywhere=not countries,
                max_weight_g=30_000,
                carried_by=carried_by,
            ),
        )
    return profile


def _courier(abroad: tuple[str, str]) -> tuple[str, str]:
    """A courier costs about two and a half times the post, in whole units."""
    base, per_kg = (int(amount.split(".")[0]) * 5 // 2 for amount in abroad)
    return str(base), str(per_kg)


def _list(
    market: DemoMarket,
    business: Business,
    profile: DeliveryProfile,
    demo: DemoListing,
    *,
    live_at: datetime,
    photos: list[EncodedPhoto],
) -> None:
    listing = create_listing(
        business=business,
        category=market.shelves[demo.category],
        title=demo.title,
        description=demo.text,
        materials=demo.materials,
        hs_code=demo.hs_code,
        origin_country=business.country,
        customs_description=demo.customs,
        delivery_profile=profile,
        now=live_at,
    )
    if demo.origin_statement:
        update_listing(listing=listing, now=live_at, origin_statement=True)
    choices = combinations([(name, list(values)) for name, values in demo.options.items()])
    price = Money.parse(demo.price, business.currency)
    set_variants(
        listing=listing,
        rows=[
            VariantInput(
                price=price,
                options=options,
                stock_change=max(demo.stock - index % 3, 2),
                weight_g=demo.weight_g,
                sku=f"{business.slug[:3].upper()}-{listing.pk.hex[:5].upper()}-{index + 1}",
            )
            for index, options in enumerate(choices)
        ],
        now=live_at,
    )
    for number, photo in enumerate(photos):
        alt = demo.title if number == 0 else f"{demo.title}, another view"
        add_encoded(listing=listing, photo=photo, alt=alt)
    submit_listing(listing=listing, now=live_at)
    approve_listing(listing=listing, actor=market.moderator, now=live_at)
    market.variants[demo.title] = list(Variant.objects.filter(listing=listing))


# --- purchases --------------------------------------------------------------------------------


@contextmanager
def _paid_at_the_sandbox() -> Iterator[None]:
    """What was bought before today was paid with test cards, whoever takes payments from now on."""
    provider = settings.PAYMENT_PROVIDER
    settings.PAYMENT_PROVIDER = SANDBOX
    try:
        yield
    finally:
        settings.PAYMENT_PROVIDER = provider


def _buy(market: DemoMarket, user: User, demo: DemoOrder) -> None:
    """One purchase, taken as far as its data says."""
    bought_at = market.now - timedelta(days=demo.days_ago)
    if demo.days_ago // DAYS_A_WEEK not in market.weeks_with_rates:
        # A purchase of weeks ago is quoted at a rate of then.
        market.weeks_with_rates.add(demo.days_ago // DAYS_A_WEEK)
        refresh_rates(now=bought_at)
    if demo.outcome == "unpaid":
        _place(market, user, demo, bought_at)
        return
    with _paid_at_the_sandbox():
        purchase = _place(market, user, demo, bought_at)
    payment = Payment.objects.get(purchase_ref=purchase.pk)
    payment = open_session(payment_id=payment.pk, now=bought_at)
    if demo.outcome == "expired":
        expire_purchase(purchase_id=purchase.pk, now=bought_at + timedelta(minutes=20))
        return
    pay_session(session_id=payment.session_ref, card_number=GOOD_CARD, now=bought_at)
    facts = sync_payment(payment_id=payment.pk, now=bought_at)
    handle_payment_outcome(facts=facts, now=bought_at)
    for order in purchase.orders.select_related("business", "purchase").order_by("number"):
        _carry_on(market, order, demo, bought_at)


def _place(market: DemoMarket, user: User, demo: DemoOrder, now: datetime) -> Purchase:
    buyer = next(buyer for buyer in BUYERS if buyer.email == user.email)
    basket = open_basket(user=user, cookie=None, now=now)
    for title, quantity in demo.lines:
        variant = market.variants[title][0]
        add_to_basket(basket=basket, variant_id=variant.pk, quantity=quantity, now=now)
    quotes = checkout_quotes(basket=basket, currency=buyer.currency, now=now)
    who = Buyer(
        user=user,
        email=user.email,
        language="en",
        currency=buyer.currency,
        address=buyer.address,
    )
    priced = price_basket(
        basket=basket,
        options={},
        country=buyer.address.country_code,
        region=who.region,
        currency=buyer.currency,
        now=now,
        rates=quotes.rates,
    )
    return place_order(
        basket=basket,
        buyer=who,
        options={},
        quotes=quotes,
        accepted_total=Money(priced.amounts.total, buyer.currency),
        checkout_key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{user.email}:{demo.days_ago}"),
        now=now,
    )


def _carry_on(market: DemoMarket, order: Order, demo: DemoOrder, paid_at: datetime) -> None:
    """From paid on: each outcome goes through every step before it."""
    day = timedelta(days=1)
    seller = order.business.memberships.select_related("user").get().user
    if demo.outcome == "paid":
        return
    if demo.outcome == "cancelled":
        reason = "The kiln had other plans: this glaze cracked. I am sorry."
        cancel_order(order=order, actor=seller, reason=reason, now=paid_at + day)
        return
    carrier, number = (
        "EMS or national post",
        f"EE{order.pk.int % 10**9:09d}{order.business.country}",
    )
    mark_shipped(
        order=order,
        actor=seller,
        carrier=carrier,
        tracking_number=number,
        now=paid_at + 2 * day,
    )
    if demo.outcome == "shipped":
        return
    mark_delivered(order=order, actor=None, now=paid_at + 9 * day)
    if demo.outcome == "complaint":
        afterwards.complain(order=order, seller=seller, now=paid_at + 10 * day)
    if demo.outcome == "disputed":
        afterwards.dispute(order=order, now=paid_at + 10 * day)
    if demo.outcome in {"delivered", "complaint", "disputed"}:
        return
    if demo.outcome == "one-back":
        afterwards.send_one_back(order=order, seller=seller, now=paid_at + 10 * day)
    if demo.outcome == "part-refunded":
        refund_order(
            order=order,
            amount=order.goods_amount // 4,
            seen_refunded=0,
            actor=market.moderator,
            reason="One piece arrived chipped; the buyer keeps it for a quarter off.",
            now=paid_at + 11 * day,
        )
    if demo.outcome == "refunded":
        refund_order(
            order=order,
            amount=order.total_amount,
            seen_refunded=0,
            actor=market.moderator,
            reason="Lost by the carrier and never found.",
            now=paid_at + 12 * day,
        )
        return
    confirm_receipt(order=order, actor=order.purchase.user, now=paid_at + 11 * day)


def demo_sign_ins() -> Iterator[tuple[str, str]]:
    """Who can sign in, for the lines that ./run prints."""
    yield "buyer", BUYERS[0].email
    for demo in BUSINESSES[:3]:
        yield f"seller, {demo.name}", demo.email
    yield "moderator (/admin/)", MODERATOR.email
