"""Finding a tariff code by words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from common.http import is_htmx
from trade.selectors import CodeSearch, propose_codes, vague_advice


@require_GET
@vary_on_headers("HX-Request", "Accept")
def hs_search(request: HttpRequest) -> HttpResponse:
    """The three best codes for typed words, with reasons: a page, its htmx fragment, or JSON."""
    search = propose_codes(text=request.GET.get("q", ""))
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(_as_json(search))
    template = "trade/_hs_options.html" if is_htmx(request) else "trade/hs_search.html"
    return render(request, template, {"search": search, "words": search.words})


def _as_json(search: CodeSearch) -> dict[str, object]:
    return {
        "query": search.words,
        "vague": search.vague,
        "advice": vague_advice() if search.vague else "",
        "matches": [
            {
                "code": found.code,
                "description": found.description,
                "score": found.score,
                "why": found.why,
            }
            for found in search.proposals
        ],
        "questions": [
            {
                "text": asked.text,
                "choices": [{"value": one.value, "code": one.code} for one in asked.choices],
            }
            for asked in search.questions
        ],
    }
