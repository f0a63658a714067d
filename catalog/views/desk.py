"""The open desk: "Can I sell it there?", for everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from accounts.middleware import preferences_of
from catalog.forms.desk import DeskForm
from catalog.selectors.desk import DeskAnswer, answer_question
from common.countries import country_name, currency_for
from common.reader import reader_locale
from payments.rules.rates import RateUnavailableError

EXAMPLES = (
    (gettext_lazy("Stoneware mug"), "691200", "GH", "US", "40", "USD", "12"),
    (gettext_lazy("Silk scarf"), "621410", "VN", "JP", "1900000", "VND", "350000"),
    (gettext_lazy("Leather bag"), "420221", "IT", "GB", "160", "EUR", "18"),
    (gettext_lazy("Perfume"), "330300", "FR", "AU", "70", "EUR", "15"),
)
"""What the empty desk offers to look at: goods, code, from, to, price, currency, delivery."""


@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def desk(request: HttpRequest) -> HttpResponse:
    """The question, and under the address of a question its answer."""
    locale = reader_locale()
    # A link from elsewhere may fill in a part; only what the form itself sends is judged.
    asked = request.GET.keys() >= {"to", "value"}
    form = DeskForm(request.GET.dict() if asked else None, locale=locale, initial=_guess(request))
    answer = _answer(form) if asked and form.is_valid() else None
    context: dict[str, Any] = {
        "form": form,
        "answer": answer,
        "more_open": asked and _used_more(form),
        "kept_code": _kept_code(form, answer),
        "page_url": settings.SITE_URL + request.path,
        "picture_url": settings.SITE_URL + static("img/icon-512.png"),
    }
    if answer is None:
        context["examples"] = _examples()
    else:
        context |= _told(answer, form, request)
    return render(request, "catalog/desk/desk.html", context)


def _examples() -> list[dict[str, str]]:
    language = get_language() or "en"
    return [
        {
            "text": _("%(what)s, %(from)s to %(to)s")
            % {
                "what": goods,
                "from": country_name(sent_from, language),
                "to": country_name(to, language),
            },
            "url": "?"
            + urlencode(
                {
                    "goods": goods,
                    "code": code,
                    "code_for": goods,
                    "sent_from": sent_from,
                    "to": to,
                    "value": value,
                    "currency": currency,
                    "delivery": delivery,
                    "n": "en",
                }
            ),
        }
        for goods, code, sent_from, to, value, currency, delivery in EXAMPLES
    ]


def _answer(form: DeskForm) -> DeskAnswer | None:
    try:
        return answer_question(question=form.question(), now=timezone.now())
    except RateUnavailableError:
        form.add_error(
            None,
            _("There is no current exchange rate into that currency, and we do not guess."),
        )
        return None


def _guess(request: HttpRequest) -> dict[str, str]:
    """What is most likely, until somebody says otherwise: the visitor sells from where it is."""
    preferences = preferences_of(request)
    sent = request.GET.dict()
    given = {name: str(value) for name, value in sent.items() if name in DeskForm.base_fields}
    sent_from = given.get("sent_from") or preferences.country
    return {
        "sent_from": sent_from,
        "currency": currency_for(sent_from),
        "sold": "here",
        "buyer": "private",
        "n": reader_locale(),
        **given,
    }


def _used_more(form: DeskForm) -> bool:
    """Whether an answer in the folded part is not the usual one, or wrong."""
    usual = {"sold": "here", "buyer": "private", "quantity": "1"}
    names = ("made_in", "quantity", "sold", "by", "buyer", "proof")
    return "weight" in form.errors or any(
        name in form.errors or str(form[name].value() or "") not in {"", "False", usual.get(name)}
        for name in names
    )


def _kept_code(form: DeskForm, answer: DeskAnswer | None) -> tuple[str, str]:
    """A code that was chosen, and the words that it was chosen for: it goes when they change."""
    if answer is not None:
        goods = answer.question.goods
        return (answer.question.code if goods else "", goods)
    words = form["code_for"].value() or form["goods"].value()
    return str(form["code"].value() or ""), str(words or "")


def _told(answer: DeskAnswer, form: DeskForm, request: HttpRequest) -> dict[str, Any]:
    language = preferences_of(request).language
    question = answer.question
    total_text = answer.total.format(locale=form.locale)
    what = question.goods or answer.code_text or answer.code
    names = {
        "what": what,
        "from": country_name(question.sent_from, language),
        "to": country_name(question.to, language),
    }
    said = _("%(what)s from %(from)s to %(to)s: %(verdict)s.") % {
        **names,
        "verdict": answer.verdict.title,
    }
    if answer.verdict.code not in {"forbidden", "refused"}:
        said += " " + _("%(total)s to the door.") % {"total": total_text}
    return {
        "route": _("%(from)s to %(to)s") % names,
        "what": what,
        "destination": names["to"],
        "total_text": total_text,
        "others": [
            {"match": match, "url": "?" + _with_code(form, match.code)}
            for match in answer.matches
            if match.code != answer.code
        ],
        "questions": [
            {
                "text": asked.text,
                "choices": [
                    {"text": one.value, "url": "?" + _with_code(form, one.code)}
                    for one in asked.choices
                    if one.code != answer.code
                ],
            }
            for asked in answer.questions
        ],
        "summary": said,
    }


def _with_code(form: DeskForm, code: str) -> str:
    """The same question with another code for the same words."""
    kept = {name: value for name, value in form.data.items() if name in form.fields and value}
    if not form.cleaned_data["goods"]:  # a code was typed instead of words
        return urlencode({**kept, "goods": code})
    return urlencode({**kept, "code": code, "code_for": kept.get("goods", "")})
