"""Django's settings. Everything that differs between installations comes from the environment (`config.env`)."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from sanfuwu.accounts.login_settings import *  # noqa: F403 — every line of it is about logging in

from . import clock, env
from .database import secrets, settings_for
from .logs import LOGGING as LOGGING

PACKAGE = Path(__file__).parent.parent
_secrets = secrets()

DEBUG = env.flag("SANFUWU_DEBUG")
SECRET_KEY = _secrets.secret_key
SANFUWU_KEYS = _secrets.field_keys
SANFUWU_HMAC_KEY = _secrets.hmac_key
SANFUWU_DATA_DIR = env.data_dir()
SANFUWU_COUNTY = env.text("SANFUWU_COUNTY")  # schema of the county that answers unknown host names; "" = the first one
SANFUWU_WEBHOOKS = env.words("SANFUWU_WEBHOOKS")  # where the outbox is delivered
SANFUWU_BEHIND_TLS = env.flag("SANFUWU_BEHIND_TLS")  # a proxy speaks TLS and sets X-Forwarded-Proto
SANFUWU_APP_ROLE = settings_for(env.APP)["USER"]
SANFUWU_CLOCK_OFFSET = clock.stored_offset(SANFUWU_DATA_DIR)  # seconds; 0 but for a demonstration

# ── counties: one schema each ────────────────────────────────────────────────────────────────────────────────────────
SHARED_APPS = [
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # for allauth's pages of passkeys
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
    "sanfuwu.counties",
    "sanfuwu.accounts",
    "sanfuwu.web",
    "sanfuwu.api",
    "sanfuwu.demo",
]
TENANT_APPS = [
    "sanfuwu.ledger",
    "sanfuwu.territory",
    "sanfuwu.reference",
    "sanfuwu.parties",
    "sanfuwu.problems",
    "sanfuwu.visits",
    "sanfuwu.meetings",
    "sanfuwu.triage",
    "sanfuwu.intake",
    "sanfuwu.exchange",
    "sanfuwu.figures",
    "sanfuwu.documents",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "counties.County"
TENANT_DOMAIN_MODEL = "counties.CountyDomain"
TENANT_LIMIT_SET_CALLS = True  # one SET search_path per change of county, not per cursor
DATABASES = {"default": settings_for(env.db_role())}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


PROCRASTINATE_ON_APP_READY = "sanfuwu.config.jobs.on_app_ready"

# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
ROOT_URLCONF = "sanfuwu.config.urls"
WSGI_APPLICATION = "sanfuwu.config.wsgi.application"
APPEND_SLASH = False
ALLOWED_HOSTS = env.words("SANFUWU_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]", ".localhost"]
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS] if SANFUWU_BEHIND_TLS else []

MIDDLEWARE = [
    "sanfuwu.config.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sanfuwu.counties.middleware.CountyMiddleware",
    "sanfuwu.config.middleware.LanguageMiddleware",
    "sanfuwu.api.middleware.TokenRequestMiddleware",  # the API ends here: nothing below concerns a token
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sanfuwu.config.middleware.IdleSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sanfuwu.accounts.middleware.ActivePostMiddleware",
    "sanfuwu.web.training.TrainingMiddleware",
    "sanfuwu.accounts.middleware.FirstPasswordMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],  # before allauth's own, whose pages it replaces
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sanfuwu.web.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# ── sessions, passwords, transport ───────────────────────────────────────────────────────────────────────────────────
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 60  # idle for half an hour: log in again
# Counted from the last request, but written at most once a minute: `config.middleware.IdleSessionMiddleware`.
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SANFUWU_BEHIND_TLS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SANFUWU_BEHIND_TLS else None
SECURE_SSL_REDIRECT = SANFUWU_BEHIND_TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SANFUWU_BEHIND_TLS else 0
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing here sends mail yet

# Locks of wrong passwords are counted here: shared by the web processes of one machine.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": SANFUWU_DATA_DIR / "cache",
    }
}

# ── language, time, files ────────────────────────────────────────────────────────────────────────────────────────────
CSRF_FAILURE_VIEW = "sanfuwu.web.views.errors.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # straight from the package: there is no collectstatic step
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600


def _is_hashed(_path: str, url: str) -> bool:
    """Vite puts a hash into each name below dist/assets: such a file never changes."""
    return "/dist/assets/" in url


WHITENOISE_IMMUTABLE_FILE_TEST = _is_hashed
