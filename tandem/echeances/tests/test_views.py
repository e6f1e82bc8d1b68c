from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances.models import Echeance
from tandem.echeances.tests.story import filed, followed, noted
from tandem.journal.models import Entry
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ClientOf
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db
LIST = reverse("echeances:list")


@pytest.fixture
def browser(acteur: Acteur, alice: Affectation, client_of: ClientOf, at: datetime) -> Any:
    """Alice's browser, on the day of the story."""
    with time_machine.travel(at, tick=False):
        yield client_of(alice)


class TestList:
    def test_shows_the_week_with_what_would_be_lost(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        noted(acteur, rsa, at.date() + timedelta(days=2), at=at)

        page = browser.get(LIST).content.decode()

        assert "Envoyer le certificat" in page
        assert "Le dossier est clos." in page
        assert rose.display_name in page
        assert "1 date" in page

    def test_says_what_could_not_be_checked(
        self, browser: Any, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        row = filed(acteur, followed(acteur, rose, at=at, slug="visa-demande"), at=at)

        later = browser.get(LIST, {"liste": "plus-tard"}).content.decode()
        one = browser.get(row.echeances.earliest("pk").get_absolute_url()).content.decode()
        about = browser.get(reverse("echeances:of_demarche", args=[row.public_id]))

        assert "À vérifier" in later
        assert "À vérifier." in one
        assert "À vérifier." in about.content.decode()

    def test_costs_the_same_for_one_and_for_fifty(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """Law 12; paginated on the server."""
        noted(acteur, rsa, at.date(), at=at)
        counts = []
        for _round in range(2):
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(LIST)
            counts.append(len(queries))
            for _n in range(50):
                person = UsagerFactory.create(structure=rose.structure)
                noted(acteur, person, at.date(), at=at)

        assert counts[0] == counts[1] <= 10
        assert page.content.decode().count('class="card"') == 25
        assert "Page 1 sur 3" in page.content.decode()

    def test_ignores_a_list_that_does_not_exist(self, browser: Any) -> None:
        assert browser.get(LIST, {"liste": "x", "page": "z"}).status_code == 200


class TestOfDemarche:
    def test_says_what_comes_what_is_asked_and_from_where(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)

        page = browser.get(reverse("echeances:of_demarche", args=[rsa.public_id])).content.decode()

        for words in (
            "Sans réponse ce jour-là, c’est refusé",
            "le président du conseil départemental",
            "CASF, art. L. 262-47 et R. 262-88",
            "Qui vit au foyer",
            "outre-mer",
        ):
            assert words in page

    def test_is_journaled(self, browser: Any, rsa: DemarcheSuivie, rose: Usager) -> None:
        """P-11."""
        before = Entry.objects.filter(event="usagers.read", about=rose.public_id).count()

        browser.get(reverse("echeances:of_demarche", args=[rsa.public_id]))

        assert (
            Entry.objects.filter(event="usagers.read", about=rose.public_id).count() == before + 1
        )


class TestAdd:
    @pytest.fixture
    def address(self, rsa: DemarcheSuivie) -> str:
        return reverse("echeances:add_to_demarche", args=[rsa.public_id])

    def data(self, **changes: str) -> dict[str, str]:
        good = {
            "kind": "a_faire",
            "title": "Appeler",
            "due_on": "2026-11-20",
            "missed": "",
            "key": str(uuid4()),
        }
        return {**good, **changes}

    def test_notes_it_once(self, browser: Any, address: str, rsa: DemarcheSuivie) -> None:
        """S-24: a double click notes one date."""
        sent = self.data()
        answers = [browser.post(address, sent) for _twice in range(2)]

        row = rsa.echeances.get()
        assert [answer["Location"] for answer in answers] == [row.get_absolute_url()] * 2
        assert row.due_on == date(2026, 11, 20)

    @pytest.mark.parametrize(
        "wrong",
        [{"due_on": "2026-10-01"}, {"due_on": "20 novembre"}, {"title": ""}, {"kind": "silence"}],
    )
    def test_keeps_what_was_typed_when_it_refuses(
        self, browser: Any, address: str, wrong: dict[str, str]
    ) -> None:
        """A-10."""
        answer = browser.post(address, self.data(missed="Tout est perdu", **wrong))

        assert answer.status_code == 422
        assert "Tout est perdu" in answer.content.decode()
        assert not Echeance.objects.exists()

    def test_refuses_a_secret(self, browser: Any, address: str) -> None:
        """P-12, S-23."""
        answer = browser.post(address, self.data(missed="IBAN FR76 3000 6000 0112 3456 7890 189"))

        assert answer.status_code == 422
        assert not Echeance.objects.exists()

    def test_is_for_a_person_too(self, browser: Any, rose: Usager) -> None:
        address = reverse("echeances:add_to_person", args=[rose.public_id])
        assert browser.get(address).status_code == 200

        browser.post(address, self.data(kind="rendez_vous"))

        assert Echeance.objects.get().person == rose


class TestChange:
    def test_moves_the_day(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, date(2026, 11, 20), at=at)
        address = reverse("echeances:change", args=[row.public_id])
        assert 'value="2026-11-20"' in browser.get(address).content.decode()

        answer = browser.post(address, {"title": "Appeler", "due_on": "2026-11-21", "missed": ""})

        assert answer.status_code == 302
        row.refresh_from_db()
        assert (row.due_on, row.title) == (date(2026, 11, 21), "Appeler")

    def test_leaves_the_words_of_the_catalogue(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        filed(acteur, rsa, at=at)
        row = rsa.echeances.get(rule="rsa-recours")
        address = reverse("echeances:change", args=[row.public_id])

        assert 'name="title"' not in browser.get(address).content.decode()
        assert browser.post(address, {"due_on": "2026-10-01"}).status_code == 422
        browser.post(address, {"due_on": "2027-02-01"})

        page = browser.get(row.get_absolute_url()).content.decode()
        assert "changé à la main" in page


class TestEndings:
    def test_are_one_tap_and_taken_back_by_another(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, at.date(), at=at)
        for name, word in (("finish", "Faite"), ("reopen", "Bientôt"), ("drop", "Retirée")):
            answer = browser.post(reverse(f"echeances:{name}", args=[row.public_id]), follow=True)
            assert word in answer.content.decode()


class TestCalendar:
    def test_names_nobody(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """No personal value in a file that leaves: a day, three words, a link."""
        row = noted(acteur, rsa, at.date(), at=at, title="Rappeler Rose")
        filed(acteur, rsa, at=at)

        answer = browser.get(reverse("echeances:calendar"))

        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Content-Disposition"] == 'attachment; filename="tandem.ics"'
        said = answer.content.decode().replace("\r\n ", "")
        assert said.count("BEGIN:VEVENT") == 4
        assert f"https://tandem.example{row.get_absolute_url()}" in said
        for secret in ("Rose", rose.family_name, "RSA", "Caf", str(rose.public_id)):
            assert secret not in said

    def test_of_one_date_holds_that_one(
        self, browser: Any, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, at.date(), at=at)
        noted(acteur, rsa, at.date(), at=at)

        said = browser.get(reverse("echeances:calendar_one", args=[row.public_id])).content.decode()

        assert said.count("BEGIN:VEVENT") == 1
