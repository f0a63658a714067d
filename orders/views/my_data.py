"""Whoever is signed in may take a copy of what we keep about it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders.middleware import signed_in_user
from orders.selectors.my_data import my_data as data_of


@never_cache
@require_safe
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """A file of one's own data, as JSON."""
    user = signed_in_user(request)
    if user is None:
        raise PermissionDenied
    now = timezone.now()
    response = JsonResponse(
        data_of(user=user, now=now), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.json"'
    return response
