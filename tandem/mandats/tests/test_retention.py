"""What has been kept long enough goes by itself, and the journal still proves it was there."""

from datetime import UTC, datetime, timedelta

import pytest

from tandem.journal.models import Entry
from tandem.journal.verification import verify_journal
from tandem.mandats import actions
from tandem.mandats.actions import erasure
from tandem.mandats.jobs import purge
from tandem.mandats.models import Mandat, Usage
from tandem.mandats.rules import kept_since
from tandem.mandats.tests.factories import ANDREI, line_of, signed_mandat, usager_of, use
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Mandat:
    """Used once, then ended at its date: the end of 3 December 2026, in Paris."""
    mandat = signed_mandat(acteur, rose, at=at)
    use(acteur, line_of(mandat), at)
    actions.expire_due(at=mandat.ends_at)
    mandat.refresh_from_db()
    return mandat


def due(mandat: Mandat) -> datetime:
    """Six years after its end, by the calendar."""
    assert mandat.ended_at is not None
    return mandat.ended_at.replace(year=mandat.ended_at.year + 6)


class TestAMandat:
    def test_is_whole_until_its_day_and_empty_from_it(self, mandat: Mandat) -> None:
        """P-20: there just before, gone on the instant."""
        assert purge(due(mandat) - TICK) == "0 mandats, 0 people"
        mandat.refresh_from_db()
        assert mandat.snapshot

        assert actions.erase_due(at=due(mandat))[0] == 1

        mandat.refresh_from_db()
        assert (mandat.snapshot, mandat.verification_code) == ("", "")
        assert mandat.erased_at == due(mandat)
        assert Usage.objects.get().service_declared == ""

    def test_leaves_its_seal_in_a_journal_that_verifies(self, mandat: Mandat) -> None:
        """P-22: what remains is the commitment."""
        actions.erase_due(at=due(mandat))

        [entry] = Entry.objects.filter(event="mandats.erased")
        assert entry.facts == {"seal": mandat.seal}
        assert verify_journal().breaks == []

    def test_alive_stays_whatever_its_age(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        alive = signed_mandat(acteur, rose, at=at)

        actions.erase_due(at=at.replace(year=2060))

        alive.refresh_from_db()
        assert alive.snapshot

    def test_of_someone_who_still_comes_goes_alone(self, mandat: Mandat, rose: Usager) -> None:
        """P-21: the file of the person follows their last visit."""
        Usager.objects.filter(pk=rose.pk).update(last_contact_at=due(mandat) - timedelta(days=1))

        assert actions.erase_due(at=due(mandat)) == (1, 0)

        rose.refresh_from_db()
        assert rose.erased_at is None


class TestAPerson:
    def test_goes_when_no_mandat_of_theirs_is_left(self, mandat: Mandat, rose: Usager) -> None:
        assert actions.erase_due(at=due(mandat)) == (1, 1)

        rose.refresh_from_db()
        assert rose.erased_at == due(mandat)
        assert rose.family_name == ""
        assert verify_journal().breaks == []
        assert actions.erase_due(at=due(mandat)) == (0, 0)


class TestARound:
    def test_stopped_in_the_middle_goes_on(
        self, acteur: Acteur, mandat: Mandat, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R-09."""
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        signed_mandat(acteur, andrei, at=at)
        actions.expire_due(at=mandat.ends_at)
        monkeypatch.setattr(erasure, "ROUND", 1)

        assert [actions.erase_due(at=due(mandat)) for _round in range(3)] == [
            (1, 1),
            (1, 1),
            (0, 0),
        ]


@pytest.mark.parametrize(
    ("at", "since"),
    [
        (datetime(2032, 12, 4, tzinfo=UTC), datetime(2026, 12, 4, tzinfo=UTC)),
        (datetime(2032, 2, 29, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
    ],
)
def test_six_years_go_by_the_calendar(at: datetime, since: datetime) -> None:
    assert kept_since(at) == since
