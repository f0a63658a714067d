"""django-allauth's forms in the market's words, each label said once."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "oldpassword": _("Password now"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class _OurWords:
    """Its labels; and no placeholder that repeats a label until somebody types over it."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_OurWords, forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""


class SignUpForm(_OurWords, forms.SignupForm):  # type: ignore[misc]
    """The same for somebody new."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")


class NewAddressForm(_OurWords, forms.AddEmailForm):  # type: ignore[misc]
    """One more address."""


class NewPasswordForm(_OurWords, forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password, by whoever knows the one of now."""


class ForgottenPasswordForm(_OurWords, forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link to a new password."""
