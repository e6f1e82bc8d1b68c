"""How long a page waits for the database: five seconds, then it says so (R-07, R-08).

Only who serves pages is bound so: a migration, a backup or a verification of the journal takes what it needs.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

LIMITS = {
    "statement_timeout": "5s",
    # Shorter: of the two, the error that says why.
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "30s",
}


def never_long(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Bind a new connection; SQLite waits for its lock five seconds at most, by its settings."""
    if connection.vendor != "postgresql":
        return
    words = ", ".join("set_config(%s, %s, false)" for _name in LIMITS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {words}", [word for pair in LIMITS.items() for word in pair])
