"""Cookies, headers, passwords, Content-Security-Policy."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from config.env import read_env

_env = read_env()
_site = urlsplit(_env.site_url)
_secure = _site.scheme == "https"

DEBUG = False
SECRET_KEY = _env.secret_key.get_secret_value()
ALLOWED_HOSTS = [h for h in _env.allowed_hosts.split(",") if h] or [_site.hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [_env.site_url]

# A `__Host-` cookie needs https; the demonstration speaks http, and all ports of one host share
# cookies: there each program has its own names.
SESSION_COOKIE_NAME = "__Host-tandem-session" if _secure else "tandem-demo-session"
CSRF_COOKIE_NAME = "__Host-tandem-csrf" if _secure else "tandem-demo-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"
CSRF_FAILURE_VIEW = "tandem.ui.views.csrf_failure"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Absolute limit; the idle limit of 15 minutes is kept by comptes.
SESSION_COOKIE_AGE = 10 * 60 * 60

SECURE_SSL_REDIRECT = _env.mode == "production"
# Asked by machines, often on the loopback: they are answered, not sent elsewhere.
SECURE_REDIRECT_EXEMPT = [r"^sante$", r"^metriques$"]
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _env.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if _env.mode == "test"
    else ["django.contrib.auth.hashers.ScryptPasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# In memory and bounded: a person's paper is never written in clear in a temporary folder.
FILE_UPLOAD_HANDLERS = ["tandem.fichiers.receiving.BoundedUploadHandler"]
