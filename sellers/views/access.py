"""Who may see a business's side: members with the role that the page asks for; to others it is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from accounts.models import User
from sellers.models import Business, Membership
from sellers.selectors import membership_for
from sellers.states import Role

View = Callable[..., HttpResponse]


class BusinessRequest(HttpRequest):
    """A request behind business_required: somebody who works for `business`."""

    user: User  # signed in, or the decorator had answered
    business: Business
    membership: Membership


def business_required(*, role: Role = Role.STAFF) -> Callable[[View], View]:
    """For views under /sell/<slug>/: gives request.business and request.membership.

    Guests are asked to sign in. A stranger, a member of too low a role and a wrong slug all get
    the same 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                # A form that was sent too late leads back to the business, not to a page that
                # only takes forms.
                back = f"/sell/{slug}/" if request.method == "POST" else request.get_full_path()
                return redirect_to_login(back)
            try:
                membership = membership_for(user=request.user, slug=slug, role=role)
            except Membership.DoesNotExist:
                raise Http404 from None
            request.membership = membership
            request.business = membership.business
            response = view(request, slug, *args, **kwargs)
            if not response.has_header("Cache-Control"):
                # Buyers' addresses and the seller's money: for nobody's cache but the reader's.
                patch_cache_control(response, private=True, no_cache=True)
            return response

        return checked

    return decorate
