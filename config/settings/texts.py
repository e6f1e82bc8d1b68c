"""Language, time, what is written in logs."""

from typing import Any

from config.env import ROOT, read_env

_env = read_env()

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
LOCALE_PATHS = [ROOT / "tandem" / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"
USE_THOUSAND_SEPARATOR = False

# No address, no body, no query string, no path: production writes JSON, from an allowlist of fields
# (config/watch/logs.py).
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "config.watch.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if _env.mode == "production" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tandem": {"level": "INFO"},
        # A line per request: in production, where it is JSON.
        "tandem.request": {"level": "INFO" if _env.mode == "production" else "WARNING"},
        # The HTTP client would log whole URLs.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
