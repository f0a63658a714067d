"""Finding a tariff code by words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from common.http import is_htmx
from trade.rules.classification import is_vague
from trade.selectors import find_hs_codes

MAX_WORDS = 200


@require_GET
@vary_on_headers("HX-Request", "Accept")
def hs_search(request: HttpRequest) -> HttpResponse:
    """Tariff codes for typed words: a page, its fragment for htmx, or JSON."""
    words = request.GET.get("q", "").strip()[:MAX_WORDS]
    vague = bool(words) and is_vague(words) and not words.replace(".", "").isdigit()
    matches = find_hs_codes(text=words) if words and not vague else []
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        found = [
            {"code": match.code, "description": match.description, "score": match.score}
            for match in matches
        ]
        return JsonResponse({"query": words, "vague": vague, "matches": found})
    template = "trade/_hs_options.html" if is_htmx(request) else "trade/hs_search.html"
    return render(request, template, {"words": words, "vague": vague, "matches": matches})
