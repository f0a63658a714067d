"""The review queue for listings, and the shelves they stand on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts.admin import Decision, DecisionAdmin, OptionalReasonForm, decision
from catalog.models import Category, Listing, Variant
from catalog.selectors.hindrances import barred_listing, hindrances_of_listing
from catalog.services.review import approve_listing, reject_listing, remove_listing
from catalog.states import ListingState
from common.countries import country_name
from common.money import Money
from trade.selectors import describe_hs

# Why a listing should be looked at: its `restriction_flags` in words, the hardest first.
FLAG_WORDS = {
    "block": _("Forbidden somewhere"),
    "licence": _("Needs a permit"),
    "carrier-only": _("Not by post"),
    "words": _("By its words"),
}


@admin.register(Category)
class CategoryAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """The shelves of the market; a shelf with things on it can't be removed."""

    list_display = ("name", "path", "parent", "position", "live_count")
    list_select_related = ("parent",)
    search_fields = ("name", "path")
    ordering = ("path",)
    readonly_fields = ("live_count",)
    prepopulated_fields: ClassVar[dict[str, tuple[str, ...]]] = {"slug": ("name",)}


class VariantInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """What is for sale; prices and stock are the seller's."""

    model = Variant
    fields = readonly_fields = ("options", "show_price", "show_stock", "weight_g", "is_active")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("Price"))
    def show_price(self, variant: Variant) -> str:
        price = variant.prices.filter(min_quantity=1).first()
        return str(Money(price.amount, price.currency)) if price else "–"

    @admin.display(description=_("In stock"))
    def show_stock(self, variant: Variant) -> str:
        return str(variant.stock.available) if hasattr(variant, "stock") else "–"


class RestrictionFilter(admin.SimpleListFilter):
    """Listings by why a moderator should look at what they sell."""

    title = _("restrictions")
    parameter_name = "restriction"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("any", _("Any")), *FLAG_WORDS.items(), ("none", _("None"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Listing]
    ) -> QuerySet[Listing] | None:
        match self.value():
            case None:
                return None
            case "any":
                return queryset.exclude(restriction_flags=[])
            case "none":
                return queryset.filter(restriction_flags=[])
            case flag:
                return queryset.filter(restriction_flags__contains=[flag])


def _may_go_live(listing: Listing) -> bool:
    return (
        listing.state == ListingState.IN_REVIEW
        and barred_listing(listing=listing, on=timezone.localdate()) is None
    )


def _in(*states: ListingState) -> Any:
    return lambda listing: listing.state in states


@admin.register(Listing)
class ListingAdmin(DecisionAdmin):
    """Looked at here, changed by its seller; decided about through buttons."""

    row_name = "listing"
    moderate_permission = "catalog.change_listing"
    decisions: ClassVar[dict[str, Decision]] = {
        "approve": Decision(
            _("Approve"),
            _("Buyers can find and buy it from now on."),
            _may_go_live,
            approve_listing,
            form=OptionalReasonForm,
        ),
        "reject": Decision(
            _("Send back"),
            _("The seller reads the reason, may change the listing and ask again."),
            _in(ListingState.IN_REVIEW),
            reject_listing,
        ),
        "remove": Decision(
            _("Take down"),
            _("It vanishes at once; orders already placed are not touched."),
            _in(ListingState.LIVE, ListingState.PAUSED),
            remove_listing,
        ),
    }
    actions_detail = ("approve", "reject", "remove")
    list_display = (
        "title",
        "business",
        "category",
        "show_state",
        "show_flags",
        "show_price",
        "updated_at",
    )
    list_filter = ("state", RestrictionFilter, "category", "business__country")
    list_select_related = ("business", "category")
    search_fields = ("title", "business__name", "hs_code")
    ordering = ("-updated_at",)
    inlines = (VariantInline,)
    fieldsets = (
        (None, {"fields": ("title", "state", "review_reason", "business", "category")}),
        (_("Words"), {"fields": ("description", "materials", "language", "show_photos")}),
        (
            _("Customs"),
            {
                "fields": (
                    "show_hs",
                    "show_origin",
                    "origin_statement",
                    "customs_description",
                    "battery",
                    "watt_hours",
                    "un_number",
                    "permit_held",
                    "permit_text",
                    "show_restrictions",
                )
            },
        ),
        (_("What happened"), {"fields": ("show_history",)}),
    )
    readonly_fields = (
        "show_photos",
        "show_hs",
        "show_origin",
        "show_restrictions",
        "show_history",
    )

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=_("State"),
        ordering="state",
        label={
            ListingState.IN_REVIEW.value: "warning",
            ListingState.LIVE.value: "success",
            ListingState.REMOVED.value: "danger",
        },
    )
    def show_state(self, listing: Listing) -> tuple[str, str]:
        return listing.state, listing.state.replace("_", " ")

    @admin.display(description=_("From"))
    def show_price(self, listing: Listing) -> str:
        return str(Money(listing.from_amount, listing.currency))

    @admin.display(description=_("Photos"))
    def show_photos(self, listing: Listing) -> str:
        photos = ((image.small.url, image.alt) for image in listing.images.all())
        return format_html_join(" ", '<img src="{}" alt="{}" width="160">', photos) or "–"

    @admin.display(description=_("Customs code"))
    def show_hs(self, listing: Listing) -> str:
        return format_html("{} {}", listing.hs_code or "–", describe_hs(listing.hs_code) or "")

    @admin.display(description=_("Look at"))
    def show_flags(self, listing: Listing) -> str:
        return (
            ", ".join(str(FLAG_WORDS.get(flag, flag)) for flag in listing.restriction_flags) or "–"
        )

    @admin.display(description=_("Restrictions"))
    def show_restrictions(self, listing: Listing) -> str:
        """Why it should be looked at: what holds, where, and for what reason."""
        rows = hindrances_of_listing(listing=listing, on=timezone.localdate())
        said = ((row.outcome_text, row.places, row.text) for row in rows)
        return format_html_join("\n", "<b>{}</b> · {} · {}<br>", said) or "–"

    @admin.display(description=_("Made in"))
    def show_origin(self, listing: Listing) -> str:
        return country_name(listing.origin_country) if listing.origin_country else "–"

    @decision("approve", _("Approve"))
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "approve")

    @decision("reject", _("Send back"))
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reject")

    @decision("remove", _("Take down"))
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "remove")
