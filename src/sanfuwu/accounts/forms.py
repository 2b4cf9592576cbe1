from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm
from django import forms
from django.utils.translation import gettext as _


class SwitchPostForm(forms.Form):
    """Which post to act in from now on, and whose place to take in it."""

    post = forms.UUIDField()
    on_behalf_of = forms.UUIDField(required=False)


class OwnPasswordForm(ChangePasswordForm):
    """改密码. Whoever still has the printed password is asked for that by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = getattr(self.user, "first_password_until", None) is not None
        words = {
            "oldpassword": _("First password (the printed one)") if first else _("Present password"),
            "password1": _("New password"),
            "password2": _("New password, once more"),
        }
        for name, label in words.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)  # it would only repeat the label
        if first:
            self.fields["oldpassword"].help_text = _("It stands on the sheet that you were given; only this once.")
