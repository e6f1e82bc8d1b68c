"""Rooms, middleware, templates, URLs."""

from config.env import ROOT, read_env

_env = read_env()

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# From the top of the house to its ground floor (ARCHITECTURE.md).
TANDEM_ROOMS = [
    "tandem.espaces",
    "tandem.pilotage",
    "tandem.oidc_provider",
    "tandem.entrainement",
    "tandem.entraide",
    "tandem.declarations",
    "tandem.courriers",
    "tandem.echeances",
    "tandem.accompagnements",
    "tandem.papier",
    "tandem.acces",
    "tandem.notes",
    "tandem.fiches",
    "tandem.preuves",
    "tandem.documents",
    "tandem.signature",
    "tandem.mandats",
    "tandem.rapprochements",
    "tandem.usagers",
    "tandem.structures",
    "tandem.comptes",
    "tandem.envois",
    "tandem.oidc_client",
    "tandem.referentiels",
    "tandem.journal",
    "tandem.impression",
    "tandem.fichiers",
    "tandem.ui",
    "tandem.kernel",
]
INSTALLED_APPS = [
    *TANDEM_ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    # Names the request, says how it ended, counts it.
    "config.watch.middleware.RequestMiddleware",
    # Static files, redirects and errors carry every header too.
    "tandem.ui.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "tandem.ui.compression.CompressedPagesMiddleware",
    "tandem.ui.typography.FrenchSpacesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tandem.ui.middleware.RefusalMiddleware",
    # Session limits, factor enrolment: comptes. Acteur, closed by default: structures.
    "tandem.comptes.middleware.SessionLimitsMiddleware",
    "tandem.structures.middleware.ActeurMiddleware",
    # The page of a file brought together with another shows that one: rapprochements.
    "tandem.rapprochements.middleware.KeptFileMiddleware",
    # Beside a person, nobody else is named: usagers.
    "tandem.usagers.middleware.BesideMiddleware",
    # A hidden screen shows nothing: espaces.
    "tandem.espaces.middleware.BlankScreenMiddleware",
    # In a sandbox, papers are stamped and the outside stays closed: entrainement.
    "tandem.entrainement.middleware.PracticeMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tandem.ui.context_processors.site",
                "tandem.structures.context_processors.acteur",
            ],
            # In tests an undefined variable fails (law 11): see conftest.py.
            "string_if_invalid": "",
        },
    }
]
FORM_RENDERER = "tandem.ui.forms.TandemRenderer"

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles" if _env.mode == "production" else _env.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _env.mode == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
