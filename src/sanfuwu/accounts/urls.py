"""Login, logout, password, second factors and switching the post.

Only those of django-allauth's pages that make sense here: no signing up, no mail addresses, no reset by mail.
"""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from . import views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("login/again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("login/second/", include("allauth.mfa.urls")),
    path("posts/switch", views.switch_post, name="switch-post"),
]
