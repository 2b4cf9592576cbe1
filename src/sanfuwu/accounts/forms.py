from __future__ import annotations

from django import forms


class SwitchPostForm(forms.Form):
    """Which post to act in from now on, and whose place to take in it."""

    post = forms.UUIDField()
    on_behalf_of = forms.UUIDField(required=False)
