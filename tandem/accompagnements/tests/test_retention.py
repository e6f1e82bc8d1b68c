"""What leaves by itself, and what leaves with the person."""

from datetime import datetime, timedelta

from tandem.accompagnements.actions import (
    Wanted,
    file_demarche,
    follow_demarche,
    keep_brouillon,
    open_besoin,
    purge_follow_up,
    record_aide,
)
from tandem.accompagnements.jobs import brouillons, purge
from tandem.accompagnements.models import (
    Aide,
    Besoin,
    Brouillon,
    DemarcheSuivie,
    Depot,
    Etape,
    Piece,
    Relais,
)
from tandem.accompagnements.rules import AideKind
from tandem.accompagnements.tests.factories import filing, followed_for
from tandem.fichiers.models import StoredFile
from tandem.journal.models import Entry
from tandem.kernel.periodic import jobs
from tandem.structures.models import SYSTEM_ACTEUR, Acteur
from tandem.usagers.actions import erase_usager, record_contact, record_reading
from tandem.usagers.models import Usager

TWO_YEARS = timedelta(days=730)
SIX_MONTHS = timedelta(days=182)
DAY = timedelta(days=1)
ROOM = (Besoin, DemarcheSuivie, Etape, Piece, Depot, Relais)


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in ROOM}


class TestTime:
    def test_two_years_after_the_last_contact(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-20: there the day before, gone the day after, receipts included; help stays counted."""
        followed_for(acteur, rose, at=at)
        assert all(rows().values())
        assert purge_follow_up(at=at + TWO_YEARS - DAY) == (0, 0)
        assert all(rows().values())
        assert purge_follow_up(at=at + TWO_YEARS) == (2, 1)
        assert not any(rows().values())
        assert StoredFile.objects.get().erased_at == at + TWO_YEARS
        assert Aide.objects.count() == 1
        line = Entry.objects.get(event="accompagnements.purged")
        assert line.facts == {"besoins": 2, "demarches": 1}
        assert purge_follow_up(at=at + TWO_YEARS + DAY) == (0, 0)

    def test_is_counted_from_the_person_and_not_from_the_screen(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-21: opening the file moves nothing; meeting the person does."""
        followed_for(acteur, rose, at=at)
        record_reading(acteur=acteur, usager=rose, at=at + TWO_YEARS - DAY)
        record_contact(usager=rose, at=at + DAY * 100)
        assert purge_follow_up(at=at + TWO_YEARS) == (0, 0)
        assert purge_follow_up(at=at + TWO_YEARS + DAY * 100) == (2, 1)

    def test_what_never_had_a_name_leaves_after_six_months(
        self, acteur: Acteur, at: datetime
    ) -> None:
        """P-20; a demand stays while what came from it moves."""
        besoin = open_besoin(acteur=acteur, words="Box", at=at)
        later = at + timedelta(days=60)
        row = follow_demarche(acteur=acteur, wanted=Wanted(title="Box"), besoin=besoin, at=later)
        assert purge_follow_up(at=at + SIX_MONTHS) == (0, 0)
        assert Besoin.objects.filter(pk=besoin.pk).exists()
        file_demarche(acteur=acteur, demarche_suivie=row, filing=filing(), at=later + DAY)
        assert purge_follow_up(at=later + DAY + SIX_MONTHS - DAY) == (0, 0)
        assert purge_follow_up(at=later + DAY + SIX_MONTHS) == (1, 1)

    def test_the_worker_does_it_each_day(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        followed_for(acteur, rose, at=at)
        keep_brouillon(acteur=acteur, page="besoin", fields={"words": "x"}, at=at)
        assert jobs()["accompagnements.purge"].every == DAY
        assert purge(at + TWO_YEARS) == "2 besoins, 1 demarches"
        assert brouillons(at + TWO_YEARS) == "1 brouillons"


class TestErasure:
    def test_takes_everything_of_the_person_and_nothing_of_another(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-22: rows, receipt, what was being typed; the help, which was nobody's, stays counted."""
        made = followed_for(acteur, rose, at=at)
        keep_brouillon(
            acteur=acteur, page=f"etape:{made['demarche_suivie'].public_id}", fields={"text": "x"}, usager=rose, at=at
        )  # fmt: skip
        other = open_besoin(acteur=acteur, words="D’une autre", at=at)
        kept = follow_demarche(acteur=acteur, wanted=Wanted(title="Box"), besoin=other, at=at)
        record_aide(acteur=acteur, kind=AideKind.PHOTOS, at=at)
        erase_usager(acteur=SYSTEM_ACTEUR, usager=rose, at=at)
        assert list(Besoin.objects.all()) == [other]
        assert list(DemarcheSuivie.objects.all()) == [kept]
        assert Depot.objects.count() == Relais.objects.count() == Brouillon.objects.count() == 0
        stored = StoredFile.objects.get()
        assert (stored.erased_at, stored.data_key, stored.name) == (at, "", "")
        assert Aide.objects.count() == 2
