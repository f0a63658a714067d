"""Where somebody goes who has just confirmed an e-mail address."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.gateways.signin import AccountAdapter
from accounts.models import User
from sellers.selectors import list_memberships


class MarketAdapter(AccountAdapter):
    """Named in settings.ACCOUNT_ADAPTER: knows of sellers, which accounts may not."""

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """A seller goes on with its business, whose next step this was; others go shopping."""
        person = self.request.user
        if isinstance(person, User):
            memberships = list_memberships(user_id=person.pk)
            if len(memberships) == 1:
                return reverse("sellers:status", args=[memberships[0].business.slug])
            if memberships:
                return reverse("sellers:start")
        found: str = super().get_email_verification_redirect_url(email_address)
        return found
