"""SQLite by default, PostgreSQL in production; the cache and the sessions live there too."""

import dj_database_url

from config.env import read_env

_env = read_env()
_url = _env.database_url or f"sqlite:///{_env.data_dir / 'tandem.sqlite3'}"

DATABASES = {"default": dj_database_url.parse(_url, conn_max_age=600)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # synchronous=NORMAL loses acknowledged commits at a power cut; FULL loses none.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # The plans of the queries of every request (kernel.prepared) are kept by the server from their third use.
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 3
    # A server that is gone without a word is given up after a few seconds.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        **DATABASES["default"].get("OPTIONS", {}),
    }

# Rate limits live in the cache: it must be shared between processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tandem_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "tandem.comptes.sessions"
