"""Login accounts. They are shared by all counties; what an account may do is in the posts that a county links to it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from sanfuwu.ledger.fields import IdField


class AccountManager(BaseUserManager["Account"]):
    """Reads accounts; they are made by `accounts.actions.create_account` only."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A name to log in with. There is no superuser, no staff flag, no group: rights come from posts alone."""

    id = IdField()
    username = models.CharField(_("username"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Set while the password is one that an officer printed: until then it opens only the page that changes it.
    first_password_until = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)  # one more ends every session of the account

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must agree with at every request: the password, as Django has it, and the epoch."""
        said = f"{self.password}:{self.session_epoch}" if self.session_epoch else self.password
        return salted_hmac("sanfuwu.accounts.session", said, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """No Django permission exists here; libraries that ask are told no."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False
