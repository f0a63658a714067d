"""Opening a business and changing what it says of itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import record_action
from common.addresses import PostalAddress
from common.countries import is_country
from common.money import currency_of
from payments.selectors.fees import fee_offer
from payments.services.payees import create_payee, update_payee
from sellers.gateways.pictures import draw_again
from sellers.models import Business, Membership
from sellers.rules import clean_tax_number, slug_for
from sellers.states import BusinessState, Role

SLUG_TRIES = 5
AUDITED = ("name", "tagline", "story", "tax_number", "address", "phone", "language")


class FeeChangedError(Exception):
    """The fee somebody agreed to is no longer the fee; show the new one and ask again."""


class CountryFixedError(Exception):
    """A business stays in its country: its currency, its tax number and its papers hang on it."""


class NotEditableError(Exception):
    """A business can't change while a moderator looks at it."""


@dataclass(frozen=True, slots=True)
class BusinessDetails:
    """What a business says of itself and may change later."""

    name: str
    address: PostalAddress
    tax_number: str = ""
    phone: str = ""
    language: str = "en"
    tagline: str = ""
    story: str = ""


@transaction.atomic
def open_business(
    *,
    owner: User,
    name: str,
    country: str,
    currency: str,
    address: PostalAddress | None = None,
    tax_number: str = "",
    phone: str = "",
    language: str = "en",
    tagline: str = "",
    story: str = "",
    agreed_fee_bp: int,
    agreed_seal: str = "",
    now: datetime,
) -> Business:
    """Open a business in DRAFT with its owner and its payee.

    country and currency stay as they are from now on: prices, payouts and customs papers hang on
    them. agreed_fee_bp: the commission, in basis points, that was shown and agreed to; agreed_seal:
    the mark of the whole schedule that was shown (fee_offer), where a page did so. Raises
    FeeChangedError when that is not the fee in force, TaxNumberError, ValueError for an unknown
    country, UnknownCurrencyError.
    """
    offer = fee_offer(at=now)
    if agreed_fee_bp != offer.terms.percent_bp or agreed_seal not in {"", offer.seal}:
        raise FeeChangedError
    if not is_country(country):
        raise ValueError(country)
    currency_of(currency)
    payee = create_payee(name=name, country=country, currency=currency, now=now)
    business = Business(
        name=name.strip(),
        tagline=tagline.strip(),
        story=story.strip(),
        country=country,
        currency=currency,
        language=language,
        tax_number=clean_tax_number(country, tax_number),
        address=address.as_dict() if address else {},
        phone=phone.strip(),
        fee_percent_bp=agreed_fee_bp,
        fee_agreed_at=now,
        payee=payee,
        created_at=now,
    )
    _save_with_free_slug(business)
    Membership.objects.create(business=business, user=owner, role=Role.OWNER, created_at=now)
    record_action(
        actor=owner,
        action="open_business",
        target=business,
        after={"fee_percent_bp": agreed_fee_bp, "country": country, "currency": currency},
        now=now,
    )
    return business


def _save_with_free_slug(business: Business) -> None:
    """Insert the business under a slug nobody has, also when two of a name arrive at once."""
    base = slug_for(business.name)
    for tries_left in reversed(range(SLUG_TRIES)):
        taken = Business.objects.filter(slug__startswith=base).values_list("slug", flat=True)
        business.slug = slug_for(business.name, list(taken))
        try:
            with transaction.atomic():
                business.save(force_insert=True)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            return


@transaction.atomic
def update_business(
    *,
    business: Business,
    actor: User,
    details: BusinessDetails,
    logo: IO[bytes] | None = None,
    banner: IO[bytes] | None = None,
    now: datetime,
) -> Business:
    """Change what a business says of itself; every change is in the audit trail.

    Raises NotEditableError while a moderator looks, CountryFixedError for an address abroad,
    TaxNumberError, BusinessPictureError (and then nothing has changed).
    """
    locked = Business.objects.select_for_update().get(pk=business.pk)
    if locked.state == BusinessState.IN_REVIEW:
        raise NotEditableError
    if details.address.country_code != locked.country:
        raise CountryFixedError
    before = {field: getattr(locked, field) for field in AUDITED}
    locked.name = details.name.strip()
    locked.tagline = details.tagline.strip()
    locked.story = details.story.strip()
    locked.tax_number = clean_tax_number(locked.country, details.tax_number)
    locked.address = details.address.as_dict()
    locked.phone = details.phone.strip()
    locked.language = details.language
    if logo is not None:
        _replace_picture(locked, "logo", draw_again(logo, "logo"))
    if banner is not None:
        _replace_picture(locked, "banner", draw_again(banner, "banner"))
    locked.save()
    changed = [field for field in AUDITED if getattr(locked, field) != before[field]]
    if "name" in changed:
        update_payee(payee_id=locked.payee_id, name=locked.name)
    if changed:
        record_action(
            actor=actor,
            action="update_business",
            target=locked,
            before={field: before[field] for field in changed},
            after={field: getattr(locked, field) for field in changed},
            now=now,
        )
    return locked


def _replace_picture(business: Business, field: str, data: bytes) -> None:
    """Keep the new file under a name of its own; the old one goes once the change is certain."""
    picture = getattr(business, field)
    old, storage = picture.name, picture.storage
    picture.save(f"{uuid.uuid4().hex}.webp", ContentFile(data), save=False)
    if old:
        transaction.on_commit(lambda: _delete(storage, old))


def _delete(storage: Storage, name: str) -> None:
    storage.delete(name)
