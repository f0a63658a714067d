"""What people were told: to be read, not changed."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from notifications.models import EmailDelivery, Notice
from notifications.services import retry_email


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc] # the theme brings no types
    """A list and a page that nobody can change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("subject", "email", "kind", "created_at", "read_at")
    list_filter = ("kind",)
    search_fields = ("subject", "email", "key")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    show_full_result_count = False
    fields = ("key", "kind", "email", "language", "subject", "text", "url", "created_at", "read_at")


@admin.register(EmailDelivery)
class EmailDeliveryAdmin(ReadOnlyAdmin):
    """Without the words: a sign-in mail holds a secret link."""

    list_display = ("subject", "to", "state", "attempts", "created_at", "last_error")
    list_filter = ("state",)
    search_fields = ("to", "subject")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = ("try_again",)
    fields = (
        "to",
        "subject",
        "state",
        "attempts",
        "last_error",
        "created_at",
        "due_at",
        "lease_until",
        "done_at",
    )

    @admin.action(description=_("Try to send again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[EmailDelivery]) -> None:
        now = timezone.now()
        ids = list(queryset.values_list("pk", flat=True))
        count = sum(retry_email(mail_id=mail_id, now=now) for mail_id in ids)
        if count:
            words = ngettext(
                "%(count)s e-mail is tried again.", "%(count)s e-mails are tried again.", count
            )
            messages.success(request, words % {"count": count})
        else:
            messages.warning(request, gettext("Only an e-mail that has failed can be tried again."))
