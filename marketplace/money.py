"""Settings: who takes payments, what the platform takes, and how long money waits."""

from __future__ import annotations

from common.countries import COUNTRY_CODES
from common.currencies import CURRENCIES
from marketplace import environment
from marketplace.environment import CannotStart
from marketplace.place import DEMO, EMBEDDED, IS_PRODUCTION
from marketplace.stripe import STRIPE_PAGES, stripe_settings

STRIPE_SECRET_KEY = environment.text("STRIPE_SECRET_KEY")
PAYMENT_PROVIDER = environment.choice(
    "PAYMENT_PROVIDER",
    "stripe" if STRIPE_SECRET_KEY else "sandbox",
    frozenset({"sandbox", "stripe"}),
)
SANDBOX_ENABLED = environment.boolean(
    "SANDBOX_ENABLED", default=DEMO and PAYMENT_PROVIDER == "sandbox"
)
if PAYMENT_PROVIDER == "sandbox" and not SANDBOX_ENABLED:
    if STRIPE_SECRET_KEY:
        raise CannotStart(
            "STRIPE_SECRET_KEY is set but PAYMENT_PROVIDER is sandbox: leave PAYMENT_PROVIDER out, or set SANDBOX_ENABLED=true."
        )
    raise CannotStart(
        "There is no payment provider: set STRIPE_SECRET_KEY, or SANDBOX_ENABLED=true to take test cards only."
    )
_stripe = stripe_settings(STRIPE_SECRET_KEY, is_used=PAYMENT_PROVIDER == "stripe")
STRIPE_LIVEMODE = _stripe.is_live
STRIPE_API_BASE = _stripe.api_base
# Each list: several while a secret is being changed; all of them verify.
STRIPE_WEBHOOK_SECRETS = _stripe.webhook_secrets
STRIPE_CONNECT_WEBHOOK_SECRETS = _stripe.connect_webhook_secrets
STRIPE_THIN_WEBHOOK_SECRETS = _stripe.thin_webhook_secrets
if STRIPE_LIVEMODE and (DEMO or not IS_PRODUCTION):
    raise CannotStart(
        "STRIPE_LIVEMODE must be false in a demo and where SITE_URL is no https address."
    )
# Where the platform itself is at home; Stripe lets money across borders in some regions only.
PLATFORM_COUNTRY = environment.text("PLATFORM_COUNTRY", "FR").upper()
if PLATFORM_COUNTRY not in COUNTRY_CODES:
    raise CannotStart(
        f"PLATFORM_COUNTRY must be a country's two letters, such as FR, not {PLATFORM_COUNTRY!r}."
    )
# Where our own forms end: on Stripe's pages, to pay and to open a seller's account. Also while only
# what was begun there is finished there.
PAYMENT_PAGES: list[str] = []
if STRIPE_SECRET_KEY:
    PAYMENT_PAGES = [STRIPE_API_BASE] if STRIPE_API_BASE else [*STRIPE_PAGES]
# The sandbox charges nothing and keeps every currency, unless a test wants to see otherwise.
SANDBOX_FEE_BP = environment.integer("SANDBOX_FEE_BP", 0, minimum=0, maximum=1000)
# In minor units of what the disputed charge settles in.
SANDBOX_DISPUTE_FEE = environment.integer("SANDBOX_DISPUTE_FEE", 0, minimum=0, maximum=1_000_000)
SANDBOX_SETTLES = environment.conversions("SANDBOX_SETTLES")
# Several while a secret is being changed: the first one signs, all of them verify.
SANDBOX_WEBHOOK_SECRETS = environment.words("SANDBOX_WEBHOOK_SECRETS")
if not SANDBOX_WEBHOOK_SECRETS:
    SANDBOX_WEBHOOK_SECRETS = [EMBEDDED.secret("sandbox_webhook")]
# Of a new seller's sales some is kept for a while; a demo shows the plain case.
NEW_SELLER_RESERVE_BP = environment.integer(
    "NEW_SELLER_RESERVE_BP", 0 if DEMO else 1000, minimum=0, maximum=5000
)
NEW_SELLER_RESERVE_DAYS = environment.integer("NEW_SELLER_RESERVE_DAYS", 30, minimum=1, maximum=180)
NEW_SELLER_DAYS = environment.integer("NEW_SELLER_DAYS", 90, minimum=1, maximum=3650)
# Basis points: 600 is 6 %.
PLATFORM_FEE_PERCENT_BP = environment.integer(
    "PLATFORM_FEE_PERCENT_BP", 600, minimum=0, maximum=5000
)
# Where the platform has to charge tax on its fee; the rates are rows (FeeTaxRule).
PLATFORM_FEE_TAX_COUNTRIES = environment.words("PLATFORM_FEE_TAX_COUNTRIES")
FX_SPREAD_BP = environment.integer("FX_SPREAD_BP", 150, minimum=0, maximum=2000)
# A source of today's rates in the usual JSON shape; empty: the ECB's and HMRC's are all there is.
LIVE_RATES_URL = environment.text("LIVE_RATES_URL", "")
LIVE_RATES_KEY = environment.text("LIVE_RATES_KEY", "")
# What the provider keeps our money in; how little it charges at once follows from that.
SETTLEMENT_CURRENCY = environment.choice(
    "SETTLEMENT_CURRENCY",
    "EUR",
    frozenset(code for code, row in CURRENCIES.items() if row.least is not None),
)
QUOTE_MINUTES = environment.integer("QUOTE_MINUTES", 30, minimum=1, maximum=1440)
RESERVATION_MINUTES = environment.integer("RESERVATION_MINUTES", 15, minimum=1, maximum=1440)
INSPECTION_DAYS = environment.integer("INSPECTION_DAYS", 14, minimum=0, maximum=90)
# Purchases that one network address may begin in an hour; none counts on a machine of one's own.
CHECKOUTS_PER_HOUR = environment.integer(
    "CHECKOUTS_PER_HOUR", 60 if IS_PRODUCTION else 0, minimum=0, maximum=100_000
)
# How often sellers are paid. In the demo every few minutes, so that a visitor sees it happen.
SETTLEMENT_MINUTES = environment.integer(
    "SETTLEMENT_MINUTES", 5 if DEMO else 1440, minimum=1, maximum=1440
)
# After a change of a seller's bank account nothing is paid for so long, so that its owner can stop it.
PAYOUT_COOLING_OFF_HOURS = environment.integer(
    "PAYOUT_COOLING_OFF_HOURS", 1 if DEMO else 72, minimum=0, maximum=720
)
# Our own accounts that bank files pay from, by currency; "*" for every other one.
PLATFORM_BANK_ACCOUNTS = environment.bank_accounts("PLATFORM_BANK_ACCOUNTS", is_demo=DEMO)
