"""How django-allauth behaves here: no signing up, no mail, secrets of second factors encrypted at rest."""

from __future__ import annotations

import base64
import uuid
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from sanfuwu.ledger.crypto import current_key_id, decrypt, encrypt

# The row that holds a second factor's secret does not exist yet when allauth asks to encrypt it, so one fixed id
# stands for all of them as the associated data.
_FACTOR = uuid.UUID("018f3c5e-0000-7000-8000-6d6661736563")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the system officer, never by whoever finds the login page; they have no mail address."""

    # The library answers a wrong present password with "Please type your current password", as if none had been typed.
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "enter_current_password": DefaultAccountAdapter.error_messages["incorrect_password"]
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Whoever chose a password himself is past the printed one."""
        user.first_password_until = None  # type: ignore[attr-defined]
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the desk: whoever has chosen his password has come to work, not to choose another one."""
        return "/"

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, context: object = None, email: str | None = None
    ) -> None:
        """Accounts have no mail address; what happens to them is in the access log."""


class MfaAdapter(DefaultMFAAdapter):
    """Time codes, passkeys and recovery codes."""

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows above the code."""
        return _("Sanfuwu")

    def encrypt(self, text: str) -> str:
        key_id = current_key_id()
        return f"{key_id}:{base64.b64encode(encrypt(text, _FACTOR, key_id)).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        key_id, _colon, blob = encrypted_text.partition(":")
        return decrypt(base64.b64decode(blob), _FACTOR, key_id)
