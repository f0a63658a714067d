"""The base of every message, in any app's notices.py: one class a message.

@dataclass(frozen=True, kw_only=True)
class OrderShipped(NoticeTemplate):
    kind = "order_shipped"  # orders/notices/order_shipped.subject.txt, .txt and .html
    order: Order

words = OrderShipped(order=order).render(language=order.language, url="/purchases/…/")
notify(key=f"shipped:{order.id}", user=buyer, email=order.email, now=now, **words)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, TypedDict
from urllib.parse import urljoin

from django.conf import settings
from django.template import Context, TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates
from django.utils import translation
from django.utils.translation import to_locale

from common.reader import reading_as
from notifications.rules import one_line


class Words(TypedDict):
    """What notify() takes of a message: its words in one language, and where it leads."""

    kind: str
    language: str
    subject: str
    text: str
    html: str
    url: str


@dataclass(frozen=True, kw_only=True)
class NoticeTemplate:
    """One message: its fields are what its templates may say.

    `kind` is also its templates' base name: a class in orders/notices.py with "order_shipped"
    renders orders/notices/order_shipped.subject.txt, .txt and, where it exists, .html, which extends
    notifications/email_base.html. Besides the fields, templates get `site_name`,
    `site_url`, `url` (the path given) and `link` (the same as a full address).
    """

    kind: ClassVar[str]

    def context(self) -> Mapping[str, object]:
        """The templates' variables; the fields, unless a class says more."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def render(self, *, language: str, url: str = "") -> Words:
        """The message in `language`, whoever's page is being shown."""
        language = language or settings.LANGUAGE_CODE
        base = f"{type(self).__module__.split('.')[0]}/notices/{self.kind}"
        context = {
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "url": url,
            "link": urljoin(settings.SITE_URL, url) if url else "",
            "language": language,
            **self.context(),
        }
        # Whoever's request this is: the figures are the recipient's to read.
        with translation.override(language), reading_as(lambda: to_locale(language)):
            context["subject"] = one_line(_render(f"{base}.subject.txt", context, html=False))
            return Words(
                kind=self.kind,
                language=language,
                subject=str(context["subject"]),
                text=_render(f"{base}.txt", context, html=False).strip() + "\n",
                html=_render_if_there(f"{base}.html", context),
                url=url,
            )


def _render(name: str, context: Mapping[str, object], *, html: bool) -> str:
    """A template's text; plain text is not escaped as if it were HTML."""
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)  # noqa: S101 - narrows the type
    template = backend.engine.get_template(name)
    return str(template.render(Context(dict(context), autoescape=html)))


def _render_if_there(name: str, context: Mapping[str, object]) -> str:
    """The HTML; a message without its own file has none. A base that is missing is a defect."""
    try:
        return _render(name, context, html=True)
    except TemplateDoesNotExist as missing:
        if str(missing) != name:
            raise
        return ""
