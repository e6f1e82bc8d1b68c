"""Who logs in, and how: allauth's entrance, our own pages (tandem/comptes)."""

from config.env import read_env
from config.settings.security import AUTH_PASSWORD_VALIDATORS as _VALIDATORS
from config.settings.security import SESSION_COOKIE_NAME as _SESSION_COOKIE_NAME

_env = read_env()

AUTH_USER_MODEL = "comptes.Compte"
LOGIN_URL = "/comptes/connexion/"
LOGIN_REDIRECT_URL = "/accueil/"
# One backend, which answers an unknown address as slowly as a wrong password (S-52).
AUTHENTICATION_BACKENDS = ["tandem.structures.backends.CompteBackend"]

ACCOUNT_ADAPTER = "tandem.comptes.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Between the password and the second factor.
ACCOUNT_LOGIN_TIMEOUT = 10 * 60

MFA_ADAPTER = "tandem.comptes.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_TOTP_TOLERANCE = 0
MFA_TRUST_ENABLED = False
# Whose word is taken for the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = _env.trusted_proxies

# A random value that names a browser already seen by a compte: a new one is told (S-15).
TANDEM_DEVICE_COOKIE_NAME = _SESSION_COOKIE_NAME.replace("session", "device")
# In the session, so that no cookie of Django's is without its `__Host-` name (S-14).
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_PASSWORD_VALIDATORS = [
    *_VALIDATORS,
    {"NAME": "tandem.comptes.passwords.FamiliarPasswordValidator"},
    {"NAME": "tandem.comptes.passwords.MaximumLengthValidator"},
]
