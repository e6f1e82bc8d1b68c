"""The person's page, their journal, and who looks at the screen."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tandem.espaces import queries
from tandem.espaces.tests import people
from tandem.espaces.tests.people import ActeurOf, ClientOf
from tandem.journal.queries import entries_about
from tandem.mandats.rules import State
from tandem.referentiels.queries import demarches
from tandem.structures.models import Acteur, Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers import events
from tandem.usagers.models import Notice, Usager

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def page_of(usager: Usager) -> str:
    return f"/personnes/{usager.public_id}/"


def readings(usager: Usager) -> int:
    return entries_about(usager.public_id).filter(event=events.READ.name).count()


class TestThePersonsPage:
    def test_begins_with_their_name_and_how_sure_we_are(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        """P-30, S-41: a name, never a number."""
        html = client_of(alice).get(page_of(rose)).content.decode()
        main = html.split("<main")[1]
        assert main.index("Rose LEFEVRE") < main.index("Identité vérifiée par FranceConnect")
        assert str(rose.public_id) not in re.sub(r"<[^>]+>", "", main)

    def test_shows_channels_with_their_holder(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-14."""
        people.channel(rose, acteur, at=at)
        people.channel(
            rose, acteur, at=at, kind="email", value="paul@ex.fr", holder="relative", proven_at=None
        )
        html = client_of(alice).get(page_of(rose)).content.decode()
        assert "06 12 34 56 78" in html
        assert "la personne, et elle seule" in html
        assert "un proche" in html
        assert "Pas encore vérifié avec la personne" in html

    def test_shows_what_is_permitted_and_until_when(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        people.mandat(rose, acteur, at=at, scopes=("theme:logement", "theme:argent"))
        html = client_of(alice).get(page_of(rose)).content.decode()
        assert "Logement" in html
        assert "(dans 6\xa0mois)" in html

    def test_leads_to_the_papers_that_are_handed_over(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = people.mandat(rose, acteur, at=at)
        html = client_of(alice).get(page_of(rose)).content.decode()
        for kind in ("feuille", "compte"):
            assert f"/mandats/{mandat.public_id}/documents/{kind}/" in html
        assert f"{page_of(rose)}journal/" in html

    def test_shows_each_use_who_when_for_what_and_beside_whom(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-05, S-31: the account due to the person."""
        mandat = people.mandat(rose, acteur, at=at - timedelta(days=3))
        people.use(mandat, acteur, at=at - timedelta(days=1))
        people.use(mandat, acteur, at=at - timedelta(hours=1), absent=True)
        html = client_of(alice).get(page_of(rose)).content.decode()
        assert f"Par {alice.compte.full_name}, en présence de la personne." in html
        assert f"Par {alice.compte.full_name}, en l’absence de la personne." in html
        assert "Service déclaré par l’aidant\xa0: caf.fr" in html
        assert "Compte à rendre avant le" in html

    def test_says_what_the_person_was_not_told(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-31."""
        Notice.objects.create(
            usager=rose, key="k", title="Mandat", body="Votre mandat a servi.", state="paper",
            created_at=at, day=at.date(),
        )  # fmt: skip
        assert "Votre mandat a servi." in client_of(alice).get(page_of(rose)).content.decode()

    def test_of_a_frozen_file_says_so_and_never_why(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """P-36."""
        Usager.objects.filter(pk=rose.pk).update(frozen_at=at, freeze_reason="doubt")
        html = client_of(alice).get(page_of(rose)).content.decode()
        assert "Le dossier est suspendu" in html
        assert "pression" not in html
        assert "Préparer un mandat" not in html

    @pytest.mark.parametrize(
        ("changes", "said"),
        [({"email": ""}, True), ({"email": "rose@ex.fr"}, False), ({"email": "", "rung": "declare"}, False)],
    )  # fmt: skip
    def test_says_beforehand_that_franceconnect_would_refuse(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, changes: dict[str, str], said: bool
    ) -> None:  # fmt: skip
        """FI-12: no address, no connexion; said here with what to do, not by FranceConnect later."""
        for name, value in changes.items():
            setattr(rose, name, value)
        rose.save()
        html = client_of(alice).get(page_of(rose)).content.decode()
        assert ("ajoute une adresse à son compte" in html) is said

    def test_sorts_the_living_mandats_from_the_others(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        people.mandat(rose, acteur, at=at - timedelta(days=400))
        living = people.mandat(rose, acteur, at=at, scopes=("theme:argent",))
        page = queries.person_page(acteur, rose.public_id, at=at)
        assert [shown.mandat.pk for shown in page.live] == [living.pk]
        assert [shown.state for shown in page.ended] == [State.ENDED]

    @pytest.mark.parametrize("size", [1, 30])
    def test_asks_four_queries_at_any_size(
        self,
        acteur: Acteur,
        rose: Usager,
        at: datetime,
        size: int,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """Law 12."""
        for rank in range(size):
            people.channel(rose, acteur, at=at)
            mandat = people.mandat(
                rose, acteur, at=at - timedelta(days=200 * (size - rank)), over=True
            )
        one_demarche = f"demarche:{demarches('argent')[0].slug}"
        mandat = people.mandat(rose, acteur, at=at, scopes=(one_demarche,))
        for rank in range(size):
            people.use(mandat, acteur, at=at + timedelta(minutes=rank))
        with django_assert_num_queries(4):
            queries.person_page(acteur, rose.public_id, at=at)

    def test_is_nowhere_for_another_structure(
        self, client_of: ClientOf, charlie: Affectation, rose: Usager
    ) -> None:
        """S-40, P-10; nothing is journaled either."""
        for path in (page_of(rose), f"{page_of(rose)}journal/"):
            response = client_of(charlie).get(path)
            assert response.status_code == 404
            assert "LEFEVRE" not in response.content.decode()
        assert readings(rose) == 0

    def test_is_nowhere_for_a_colleague_when_the_file_is_not_the_teams(
        self, client_of: ClientOf, bob: Affectation, rose: Usager
    ) -> None:
        """P-10."""
        Usager.objects.filter(pk=rose.pk).update(team_access=False)
        assert client_of(bob).get(page_of(rose)).status_code == 404

    def test_of_nobody_is_not_found(self, client_of: ClientOf, alice: Affectation) -> None:
        assert client_of(alice).get(f"/personnes/{uuid4()}/").status_code == 404

    def test_asks_strangers_to_log_in(self, client: Client, rose: Usager) -> None:
        response = client.get(page_of(rose))
        assert response.status_code == 302
        assert response["Location"].startswith("/comptes/connexion/")


class TestReading:
    def test_leaves_one_line_each_time(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        """P-11: as many lines as openings."""
        browser = client_of(alice)
        for _ in range(3):
            assert browser.get(page_of(rose)).status_code == 200
        assert readings(rose) == 3

    def test_does_not_move_the_last_contact(
        self, client_of: ClientOf, alice: Affectation, acteur: Acteur, at: datetime
    ) -> None:
        """P-21."""
        amina = people.person(acteur, at=at - timedelta(days=9), given="Amina")
        client_of(alice).get(page_of(amina))
        amina.refresh_from_db()
        assert amina.last_contact_at == at - timedelta(days=9)

    def test_is_shown_to_the_person_with_the_name_of_who_read(
        self, client_of: ClientOf, alice: Affectation, bob: Affectation, rose: Usager
    ) -> None:
        """P-11: visible to the person, on a page made to be printed."""
        client_of(bob).get(page_of(rose))
        html = client_of(alice).get(f"{page_of(rose)}journal/").content.decode()
        assert "Dossier ouvert et lu" in html
        assert bob.compte.full_name in html
        assert readings(rose) == 2

    def test_of_the_journal_asks_the_same_queries_at_any_size(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        """Law 12."""
        browser = client_of(alice)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as few:
            browser.get(f"{page_of(rose)}journal/")
        for _ in range(20):
            browser.get(page_of(rose))
        with CaptureQueriesContext(connection) as many:
            browser.get(f"{page_of(rose)}journal/")
        assert len(many) == len(few)


class TestPresence:
    def test_is_said_and_comes_back_to_the_page(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        browser = client_of(alice)
        sent = {"present": "1", "usager": str(rose.public_id), "next": page_of(rose)}
        response = browser.post("/presence/", sent)
        assert (response.status_code, response["Location"]) == (302, page_of(rose))
        assert browser.session[PERSON_PRESENT_SESSION_KEY] == str(rose.public_id)
        # A gesture alone unsays it: test_screen.
        browser.post("/presence/", {"present": "0"})
        assert browser.session[PERSON_PRESENT_SESSION_KEY] == str(rose.public_id)

    @pytest.mark.parametrize(
        "back", ["https://evil.example/", "//evil.example/", "javascript:x", "x"]
    )
    def test_never_leads_elsewhere(
        self, client_of: ClientOf, alice: Affectation, back: str
    ) -> None:
        """No open redirection."""
        response = client_of(alice).post("/presence/", {"present": "1", "next": back})
        assert response["Location"] == "/accueil/"

    def test_of_a_stranger_is_of_someone(
        self, client_of: ClientOf, charlie: Affectation, rose: Usager
    ) -> None:
        """S-40: the answer does not say whether that person exists."""
        browser = client_of(charlie)
        for who in (rose.public_id, uuid4()):
            browser.post("/presence/", {"present": "1", "usager": str(who)})
            assert browser.session[PERSON_PRESENT_SESSION_KEY] == "1"

    def test_closes_the_file_of_anyone_else_without_reading_it(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, andrei: Usager
    ) -> None:
        """P-28."""
        browser = client_of(alice)
        browser.post("/presence/", {"present": "1", "usager": str(rose.public_id)})
        for path in (page_of(andrei), f"{page_of(andrei)}journal/"):
            response = browser.get(path)
            assert response.status_code == 409
            assert "POPESCU" not in response.content.decode()
        assert readings(andrei) == 0
        assert browser.get(page_of(rose)).status_code == 200

    def test_says_nothing_of_a_file_that_is_not_ours(
        self,
        client_of: ClientOf,
        charlie: Affectation,
        as_acteur: ActeurOf,
        rose: Usager,
        at: datetime,
    ) -> None:
        """S-40: closed beside a person or not, a stranger's file does not exist."""
        paul = people.person(as_acteur(charlie), at=at, given="Paul")
        browser = client_of(charlie)
        browser.post("/presence/", {"present": "1", "usager": str(paul.public_id)})
        assert browser.get(page_of(rose)).status_code == 404

    def test_of_someone_becomes_that_of_the_person_whose_file_is_opened(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, andrei: Usager
    ) -> None:
        browser = client_of(alice)
        browser.post("/presence/", {"present": "1"})
        browser.get(page_of(rose))
        assert browser.session[PERSON_PRESENT_SESSION_KEY] == str(rose.public_id)
        assert browser.get(page_of(andrei)).status_code == 409

    def test_is_only_said_by_a_form(self, client_of: ClientOf, alice: Affectation) -> None:
        assert client_of(alice).get("/presence/").status_code == 405
