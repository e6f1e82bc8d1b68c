"""Known without FranceConnect: what the person says, the document seen, the aidant who knows them (P-32)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tandem.journal.models import Entry
from tandem.structures.models import Affectation
from tandem.structures.tests.cast import ActeurOf, ClientOf
from tandem.usagers.birthdates import said_birthdate, typed_birthdate
from tandem.usagers.models import RungStep, Usager
from tandem.usagers.queries import search_usagers
from tandem.usagers.rules import Rung

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANDREI = {
    "given_names": "Andrei",
    "family_name": "Popescu",
    "birthdate": "1/7/1980",
    "preferred_name": "",
}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(alice: Affectation, client_of: ClientOf) -> Client:
    return client_of(alice)


@pytest.fixture
def andrei(desk: Client) -> Usager:
    """Welcomed at the desk on what he said."""
    desk.post(reverse("usagers:declare"), ANDREI)
    return Usager.objects.get()


class TestOpeningAFile:
    def test_keeps_what_the_person_says_and_no_more_is_believed(self, andrei: Usager) -> None:
        """P-32: said, it allows help beside them only."""
        assert (andrei.full_name, andrei.birthdate) == ("Andrei Popescu", "1980-07-01")
        assert andrei.rung == Rung.DECLARE
        assert Entry.objects.filter(event="usagers.declared", about=andrei.public_id).count() == 1

    def test_makes_the_person_findable_and_followed(
        self, andrei: Usager, alice: Affectation, as_acteur: ActeurOf
    ) -> None:

        assert list(search_usagers(as_acteur(alice), "popes")) == [andrei]
        assert andrei.suivis.get().affectation == alice

    def test_twice_by_one_hand_opens_one_file(self, desk: Client, andrei: Usager) -> None:
        """S-24: a double click."""
        desk.post(reverse("usagers:declare"), ANDREI)

        assert Usager.objects.get() == andrei
        assert Entry.objects.filter(event="usagers.declared").count() == 1

    def test_of_a_namesake_later_opens_another(
        self, desk: Client, andrei: Usager, clock: time_machine.Traveller
    ) -> None:
        clock.shift(61)
        desk.post(reverse("usagers:declare"), ANDREI)

        assert Usager.objects.count() == 2

    def test_says_what_is_missing_and_keeps_what_was_typed(self, desk: Client) -> None:
        answer = desk.post(
            reverse("usagers:declare"), ANDREI | {"family_name": "", "birthdate": "31/02/1980"}
        )
        assert answer.status_code == 422
        assert "31/02/1980" in answer.content.decode()
        assert not Usager.objects.exists()

    def test_shows_hostile_words_as_words(self, desk: Client) -> None:
        """S-26."""
        answer = desk.post(
            reverse("usagers:declare"), ANDREI | {"given_names": HOSTILE}, follow=True
        )
        assert HOSTILE not in answer.content.decode()
        assert "&lt;script&gt;" in answer.content.decode()


class TestTheDocumentSeen:
    def page(self, usager: Usager) -> str:
        return reverse("usagers:piece_seen", args=[usager.public_id])

    def typed(self, **changes: str) -> dict[str, str]:
        return {**ANDREI, "piece": "passeport", "seen_on": "2026-11-02"} | changes

    def test_raises_the_rung_with_its_kind_its_day_and_who_saw_it(
        self, desk: Client, andrei: Usager, alice: Affectation
    ) -> None:
        """P-32: no copy, no number: there is no field for them."""
        desk.post(self.page(andrei), self.typed())

        step = RungStep.objects.get(rung=Rung.PIECE_VUE)
        assert (step.piece, step.piece_seen_on, step.established_by) == (
            "passeport", date(2026, 11, 2), alice,
        )  # fmt: skip
        andrei.refresh_from_db()
        assert andrei.rung == Rung.PIECE_VUE
        assert 'type="file"' not in desk.get(self.page(andrei)).content.decode()

    def test_puts_the_names_of_the_document_and_keeps_the_former_aside(
        self, desk: Client, andrei: Usager
    ) -> None:
        """P-26."""
        desk.post(self.page(andrei), self.typed(given_names="Andreï Ion", birthdate="1980"))

        andrei.refresh_from_db()
        assert (andrei.given_names, andrei.birthdate) == ("Andreï Ion", "1980-00-00")
        assert Entry.objects.get(event="usagers.corrected").facts["fields"] == [
            "birthdate",
            "given_names",
        ]

    def test_goes_on_where_the_aidant_was_going_inside_this_site(
        self, desk: Client, andrei: Usager
    ) -> None:
        answer = desk.post(self.page(andrei), self.typed(suite="/mandats/"))
        assert answer["Location"] == "/mandats/"
        for outside in ("https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"):
            answer = desk.post(self.page(andrei), self.typed(suite=outside))
            assert answer["Location"] == reverse("usagers:card", args=[andrei.public_id])

    @pytest.mark.parametrize(
        "wrong", [{"seen_on": "2026-11-03"}, {"piece": "facture"}, {"family_name": " "}]
    )
    def test_refuses_what_cannot_be(
        self, desk: Client, andrei: Usager, wrong: dict[str, str]
    ) -> None:
        assert desk.post(self.page(andrei), self.typed(**wrong)).status_code == 422
        andrei.refresh_from_db()
        assert andrei.rung == Rung.DECLARE

    def test_never_replaces_franceconnect(self, desk: Client, rose: Usager) -> None:
        page = self.page(rose)
        assert "FranceConnect a déjà vérifié" in desk.get(page).content.decode()
        assert desk.post(page, self.typed()).status_code == 422
        rose.refresh_from_db()
        assert (rose.rung, rose.family_name) == (Rung.FRANCECONNECT, "Lefèvre")


class TestTheAidantWhoKnows:
    def test_answers_by_name_for_31_days(
        self, desk: Client, andrei: Usager, alice: Affectation
    ) -> None:
        page = reverse("usagers:vouch", args=[andrei.public_id])
        assert desk.post(page, {}).status_code == 422
        desk.post(page, {"confirmed": "on"})

        assert RungStep.objects.get(rung=Rung.CONNU).established_by == alice

    def test_says_nothing_below_a_document_seen(self, desk: Client, rose: Usager) -> None:
        answer = desk.post(reverse("usagers:vouch", args=[rose.public_id]), {"confirmed": "on"})
        assert answer.status_code == 422
        assert not RungStep.objects.exists()


class TestABirthdate:
    @pytest.mark.parametrize(
        ("said", "written"),
        [
            ("12/03/1946", "1946-03-12"),
            ("1.7.1980", "1980-07-01"),
            ("03/1946", "1946-03-00"),
            ("1946", "1946-00-00"),
            ("29/02/2024", "2024-02-29"),
        ],
    )  # fmt: skip
    def test_is_written_as_the_registry_does_and_read_back(self, said: str, written: str) -> None:
        """FI-12."""
        today = date(2026, 11, 2)
        assert said_birthdate(said, today=today) == written
        assert said_birthdate(typed_birthdate(written), today=today) == written

    @pytest.mark.parametrize(
        "said",
        ["", "3 nov.", "29/02/2023", "03/11/2026", "12/13/1946", "1066", "1946-03-12-01", "١٩٤٦"],
    )
    def test_that_cannot_be_is_refused(self, said: str) -> None:
        assert said_birthdate(said, today=date(2026, 11, 2)) == ""
