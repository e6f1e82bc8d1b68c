"""Who reads which note: the matrix (P-10, P-15, P-16)."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from tandem.notes import queries
from tandem.notes.models import Note
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
from tandem.structures.models import ANONYMOUS, Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from, acteur_of
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.queries import search_usagers

pytestmark = pytest.mark.django_db
ROOMS = Path(__file__).parents[2]
# The table itself, a count or a lookup across the relation, the relation of a person.
BEHIND_THE_QUERIES = re.compile(
    r"\bNote(?:Version)?\.(?:objects|_)|\bnotes__|\([\"']notes[\"']|usager\.notes\b"
)


@pytest.fixture
def notes(alice: Affectation, rose: Usager, at: datetime) -> dict[str, Note]:
    """One of each kind, by alice."""
    return {kind.value: note_of(alice, rose, kind, f"Note {kind.value}", at=at) for kind in Kind}


@pytest.fixture
def dave(ccas: Structure, rose: Usager, at: datetime) -> Affectation:
    """A colleague who follows Rose."""
    dave = AffectationFactory.create(structure=ccas, compte__given_name="Dave")
    Suivi.objects.create(usager=rose, affectation=dave, started_at=at)
    return dave


def kinds_read(acteur: Acteur, rose: Usager, at: datetime) -> set[str]:
    return {note.kind for note in queries.notes_on(acteur, rose, at=at)}


class TestANote:
    def test_is_read_by_its_author_whatever_its_kind(
        self, notes: dict[str, Note], alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        assert kinds_read(acteur_from(alice), rose, at) == {"fact", "working", "secret"}

    def test_of_work_is_also_read_by_those_who_follow_the_person(
        self, notes: dict[str, Note], dave: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-10, P-15."""
        assert kinds_read(acteur_from(dave), rose, at) == {"fact", "working"}

    @pytest.mark.parametrize("reader", ["bob", "bea"])
    def test_is_a_fact_for_a_colleague_and_for_the_referent(
        self, notes: dict[str, Note], rose: Usager, at: datetime, request: pytest.FixtureRequest, reader: str
    ) -> None:  # fmt: skip
        """P-16: the référente of the structure is a colleague like another."""
        acteur = acteur_from(request.getfixturevalue(reader))
        assert kinds_read(acteur, rose, at) == {"fact"}
        # Read or not, it is not theirs to correct.
        for kind in Kind.values:
            with pytest.raises(queries.NoteUnknown):
                queries.own_note(acteur, rose, notes[kind].public_id, at=at)

    def test_is_read_by_nobody_elsewhere(
        self, notes: dict[str, Note], charlie: Affectation, oscar: object, rose: Usager, at: datetime
    ) -> None:  # fmt: skip
        """P-10, P-16: other structure, operator, someone who is not logged in."""
        for acteur in (acteur_from(charlie), acteur_of(oscar), ANONYMOUS):  # type: ignore[arg-type]  # a compte
            assert not queries.notes_visible_to(acteur, at=at).exists()

    def test_is_read_by_nobody_whose_habilitation_is_missing(
        self, notes: dict[str, Note], ccas: Structure, rose: Usager, at: datetime
    ) -> None:
        """P-04: a référent who is not habilité manages people, and reads nothing of usagers."""
        chief = AffectationFactory.create(structure=ccas, referent=True, habilite_at=None)
        assert not queries.notes_visible_to(acteur_from(chief), at=at).exists()

    def test_is_hidden_from_its_own_author_once_the_file_is_closed_to_them(
        self, notes: dict[str, Note], alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-10: the file decides first."""
        Usager.objects.filter(pk=rose.pk).update(team_access=False)
        assert not queries.notes_visible_to(acteur_from(alice), at=at).exists()

    def test_of_someone_who_came_back_is_theirs_again(
        self, notes: dict[str, Note], alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        back = AffectationFactory.create(structure=alice.structure, compte=alice.compte)
        assert kinds_read(acteur_from(back), rose, at) == {"fact", "working", "secret"}

    def test_is_a_fact_while_someone_looks_at_the_screen(
        self, notes: dict[str, Note], alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-28: nothing on screen that one would not say aloud."""
        from dataclasses import replace

        beside = replace(acteur_from(alice), beside=str(rose.public_id))
        assert kinds_read(beside, rose, at) == {"fact"}


class TestASecret:
    def test_finds_nobody_in_the_search(
        self, alice: Affectation, bob: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-16: nothing written enters the index."""
        note_of(alice, rose, Kind.SECRET, "Kerguelen", at=at)
        for who in (alice, bob):
            assert search_usagers(acteur_from(who), "Kerguelen") == []

    def test_is_not_told_to_a_colleague_even_as_existing(
        self, notes: dict[str, Note], bob: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-16: of working notes the authors are named, so that the person may ask them; of secrets nothing."""
        acteur = acteur_from(bob)
        assert queries.other_working_authors(acteur, rose, at=at) == ["Alice Exemple"]
        notes["working"].delete()
        assert queries.other_working_authors(acteur, rose, at=at) == []

    def test_is_reached_by_no_room_but_through_the_queries_of_notes(self) -> None:
        """P-16: statistics, exports and operator pages cannot count what no query gives them."""
        offenders = [
            str(path.relative_to(ROOMS))
            for path in ROOMS.rglob("*.py")
            if not {"notes", "tests", "migrations"} & set(path.relative_to(ROOMS).parts)
            and BEHIND_THE_QUERIES.search(path.read_text())
        ]
        assert offenders == []

    @pytest.mark.parametrize(
        "code",
        [
            "Note.objects.count()",
            "NoteVersion._default_manager",
            'Usager.objects.annotate(n=Count("notes"))',
            'filter(notes__kind="secret")',
            "usager.notes.all()",
        ],
    )
    def test_would_be_seen_if_reached_otherwise(self, code: str) -> None:
        assert BEHIND_THE_QUERIES.search(code)
