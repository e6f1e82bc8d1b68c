"""A page never waits long for the database (R-07, R-08)."""

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from config.waiting import LIMITS, never_long

pytestmark = pytest.mark.django_db


@pytest.fixture
def bound() -> BaseDatabaseWrapper:
    """The connection of this test, bound as one that serves pages, until the transaction ends."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite waits five seconds by its settings")
    never_long(connection)
    return connection


class TestPages:
    def test_every_limit_is_set(self, bound: BaseDatabaseWrapper) -> None:
        with bound.cursor() as cursor:
            for name, value in LIMITS.items():
                cursor.execute("SELECT current_setting(%s)", [name])
                assert cursor.fetchone() == (value,)
                # What follows in this process is not bound.
                cursor.execute("SELECT set_config(%s, %s, false)", [name, "0"])

    def test_a_long_query_is_given_up(self, bound: BaseDatabaseWrapper) -> None:
        with bound.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '50ms', false)")
            with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
                cursor.execute("SELECT pg_sleep(5)")
            for name in LIMITS:
                cursor.execute("SELECT set_config(%s, %s, false)", [name, "0"])

    def test_who_serves_pages_is_bound(self) -> None:
        import config.wsgi

        assert config.wsgi.application
        # True only when it was connected.
        assert connection_created.disconnect(dispatch_uid="config.waiting")

    def test_sqlite_waits_five_seconds_for_its_lock(self) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL is bound by its own limits")
        assert connection.settings_dict["OPTIONS"]["timeout"] == 5
