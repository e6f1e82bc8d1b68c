"""`purge` runs each room's own purge."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tandem.espaces.tests import people
from tandem.kernel import periodic
from tandem.signature.models import Draft
from tandem.structures.models import Acteur

pytestmark = pytest.mark.django_db


class TestPurge:
    def test_forgets_what_is_over_in_each_room(self, acteur: Acteur, at: datetime) -> None:
        """P-20."""
        old = people.draft(acteur, at=at - timedelta(days=3))
        fresh = people.draft(acteur, at=at)
        out = StringIO()
        call_command("purge", stdout=out)
        assert list(Draft.objects.all()) == [fresh]
        assert old.pk
        assert "signature : 1 drafts" in out.getvalue()

    def test_names_every_room_that_has_something_to_forget(self) -> None:
        out = StringIO()
        call_command("purge", stdout=out)
        rooms = {line.split(" : ")[0] for line in out.getvalue().splitlines()}
        assert rooms == {
            n.split(".")[0] for n in periodic.jobs() if n.split(".")[1].startswith("purge")
        }
        assert {"comptes", "signature", "oidc_provider", "envois", "kernel"} <= rooms

    def test_runs_no_other_work(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ran: list[str] = []

        def announce(_at: datetime) -> str:
            ran.append("x")
            return ""

        job = periodic.Job("x.announce", timedelta(1), timedelta(1), announce)
        monkeypatch.setattr(periodic, "jobs", lambda: {"x.announce": job})
        call_command("purge", stdout=StringIO())
        assert ran == []
