"""Who may see a purchase: the account it belongs to, or a guest who has its secret link."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from orders.middleware import signed_in_user
from orders.models import Purchase
from orders.selectors.purchases import find_purchase


def purchase_or_404(request: HttpRequest, token: str) -> Purchase | HttpResponse:
    """The purchase of a secret link, or the answer to give instead.

    A purchase of an account opens for that account only: whoever is not signed in is asked to, and
    everybody else is told that there is no such page. Raises Http404.
    """
    purchase = find_purchase(token=token)
    if purchase is None:
        raise Http404
    user = signed_in_user(request)
    if purchase.user_id is None or (user is not None and user.pk == purchase.user_id):
        return purchase
    if user is None:
        return redirect_to_login(request.get_full_path())
    raise Http404
