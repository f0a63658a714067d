"""The seller's own pages about the business itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import PostalAddressForm
from common.addresses import PostalAddress
from common.limits import is_too_often
from common.states import TransitionError
from sellers.forms import BusinessForm, InviteForm, RoleForm
from sellers.gateways.pictures import BusinessPictureError
from sellers.models import Membership
from sellers.selectors import SetupStep, list_team, setup_steps
from sellers.services import (
    BusinessDetails,
    CountryFixedError,
    LastOwnerError,
    MemberExistsError,
    NotEditableError,
    NotReadyError,
    UnknownPersonError,
    change_role,
    invite_member,
    remove_member,
    submit_for_review,
    update_business,
)
from sellers.states import BusinessState, Role
from sellers.views.access import BusinessRequest, business_required

# An hour.
MOST_INVITATIONS = 20
_MISSING = {
    "email": gettext_lazy("Confirm your e-mail address first; we have sent you a link."),
    "address": gettext_lazy("Say where the business is first."),
    "fee": gettext_lazy("Agree to the fee first."),
}
_STEPS = {
    "email": gettext_lazy("Confirm your e-mail address"),
    "address": gettext_lazy("Say where you work"),
    "story": gettext_lazy("Tell your story on the business page (you can do it later)"),
    "submitted": gettext_lazy("Ask us to look at it"),
    "review": gettext_lazy("Be approved"),
}
_REFUSED = {
    "BYTES": gettext_lazy("The file is larger than 15 MB."),
    "PIXELS": gettext_lazy("The picture has too many pixels."),
    "FORMAT": gettext_lazy("This is not a picture we can read: use JPEG, PNG or WebP."),
}


@require_GET
@business_required()
def status(request: BusinessRequest, slug: str) -> HttpResponse:
    """Where the business stands and what it has to do before it sells."""
    steps = setup_steps(business=request.business, user=request.user)
    context = {
        "business": request.business,
        "timeline": _timeline(request, steps),
        "can_submit": request.business.state in {BusinessState.DRAFT, BusinessState.REJECTED}
        and request.membership.role == Role.OWNER,
        "is_email_verified": steps[0].done,
        "dashboard_section": "business",
    }
    return render(request, "sellers/status.html", context)


def _timeline(request: BusinessRequest, steps: list[SetupStep]) -> list[dict[str, Any]]:
    """The steps as components/timeline.html wants them; the first one open is the present one.

    Nobody has to tell a story first, so that step is never the present one.
    """
    present = next((step.key for step in steps if not step.done and step.key != "story"), "")
    is_locked = request.business.state == BusinessState.IN_REVIEW
    may_edit = request.membership.role != Role.STAFF and not is_locked
    pages = {"email": reverse("account_email")}
    if may_edit:
        about = reverse("sellers:business", args=[request.business.slug])
        pages |= {"address": about, "story": about}
    return [
        {
            "title": _STEPS[step.key],
            "state": "done" if step.done else "now" if step.key == present else "later",
            "url": "" if step.done else pages.get(step.key, ""),
        }
        for step in steps
    ]


@require_POST
@business_required(role=Role.OWNER)
def submit(request: BusinessRequest, slug: str) -> HttpResponse:
    """Ask a moderator to look."""
    try:
        submit_for_review(business=request.business, actor=request.user, now=timezone.now())
    except NotReadyError as error:
        for key in error.missing:
            messages.error(request, _MISSING[key])
    except TransitionError:
        messages.info(request, _("We have it already."))
    return redirect("sellers:status", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@business_required(role=Role.MANAGER)
def business(request: BusinessRequest, slug: str) -> HttpResponse:
    """What the business says of itself."""
    if request.method != "POST":
        known = PostalAddress.from_dict(request.business.address or {"country_code": ""})
        address = PostalAddressForm(
            address=known if known.country_code else None,
            country=request.business.country,
            section="",
        )
        return _business_page(request, BusinessForm(business=request.business), address)
    form = BusinessForm(request.POST, request.FILES, business=request.business)
    if PostalAddressForm.is_redraw(request.POST):
        form = BusinessForm(business=request.business)
        for key in form.initial:
            form.initial[key] = request.POST.get(form.add_prefix(key), "")
        return _business_page(request, form, PostalAddressForm.redrawn(request.POST, section=""))
    address = PostalAddressForm(request.POST, section="")
    if not (form.is_valid() & address.is_valid()):
        return _business_page(request, form, address, status=422)
    if _save(request, form, address):
        messages.success(request, _("Saved."))
        return redirect("sellers:business", slug=slug)
    return _business_page(request, form, address, status=422)


def _save(request: BusinessRequest, form: BusinessForm, address: PostalAddressForm) -> bool:
    """Whether it was saved; if not, the form says why."""
    words = form.cleaned_data
    try:
        update_business(
            business=request.business,
            actor=request.user,
            details=BusinessDetails(
                name=words["name"],
                address=address.address,
                tax_number=words["tax_number"],
                phone=address.address.phone,
                language=words["language"],
                tagline=words["tagline"],
                story=words["story"],
            ),
            logo=words["logo"] or None,
            banner=words["banner"] or None,
            now=timezone.now(),
        )
    except BusinessPictureError as error:
        form.add_error(error.field, _REFUSED[error.code])
    except CountryFixedError:
        address.add_error(
            "country_code", _("The business can't move to another country; open another one there.")
        )
    except NotEditableError:
        form.add_error(None, _("We are looking at your business; change it after our answer."))
    else:
        return True
    return False


def _business_page(
    request: BusinessRequest, form: BusinessForm, address: PostalAddressForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "business": request.business,
        "form": form,
        "address_form": address,
        "locked": request.business.state == BusinessState.IN_REVIEW,
        "dashboard_section": "business",
    }
    return render(request, "sellers/business.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@business_required(role=Role.OWNER)
def team(request: BusinessRequest, slug: str) -> HttpResponse:
    """Who works here; inviting somebody."""
    form = InviteForm(request.POST or None)
    # The answer tells who has an account here, so it is not given to whoever tries a list.
    if request.method == "POST" and is_too_often(
        "invite", who=str(request.user.pk), most=MOST_INVITATIONS, seconds=3600
    ):
        return render(request, "429.html", status=429)
    if request.method == "POST" and form.is_valid():
        try:
            invite_member(
                business=request.business,
                actor=request.user,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                now=timezone.now(),
            )
        except UnknownPersonError:
            form.add_error(
                "email", _("Nobody has an account with this address. Ask them to create one first.")
            )
        except MemberExistsError:
            form.add_error("email", _("This person is in your team already."))
        else:
            messages.success(request, _("They are in, and have been told by e-mail."))
            return redirect("sellers:team", slug=slug)
    rows = list_team(business_id=request.business.pk)
    owners = sum(row.role == Role.OWNER for row in rows)
    members = [
        {
            "row": row,
            "form": RoleForm(initial={"role": row.role}, auto_id=f"id_{row.pk}_%s"),
            # Nothing to choose: a business is never without an owner.
            "is_last_owner": row.role == Role.OWNER and owners == 1,
        }
        for row in rows
    ]
    context = {
        "business": request.business,
        "form": form,
        "members": members,
        "dashboard_section": "team",
    }
    return render(request, "sellers/team.html", context, status=422 if form.errors else 200)


def _member(request: BusinessRequest, member_id: int) -> Membership:
    row = Membership.objects.filter(business=request.business, pk=member_id).first()
    if row is None:
        raise Http404
    return row


@require_POST
@business_required(role=Role.OWNER)
def member_role(request: BusinessRequest, slug: str, member_id: int) -> HttpResponse:
    """Give a member another role."""
    form = RoleForm(request.POST)
    member = _member(request, member_id)
    if form.is_valid():
        _try_team(
            request,
            lambda: change_role(
                membership=member,
                actor=request.user,
                role=Role(form.cleaned_data["role"]),
                now=timezone.now(),
            ),
        )
    return redirect("sellers:team", slug=slug)


@require_POST
@business_required(role=Role.OWNER)
def member_remove(request: BusinessRequest, slug: str, member_id: int) -> HttpResponse:
    """Take a member out of the team."""
    member = _member(request, member_id)
    _try_team(
        request,
        lambda: remove_member(membership=member, actor=request.user, now=timezone.now()),
    )
    if member.user_id == request.user.pk:
        return redirect("sellers:start")
    return redirect("sellers:team", slug=slug)


def _try_team(request: BusinessRequest, change: Any) -> None:
    try:
        change()
    except LastOwnerError:
        messages.error(request, _("A business needs an owner. Make somebody else one first."))
    else:
        messages.success(request, _("Saved."))
