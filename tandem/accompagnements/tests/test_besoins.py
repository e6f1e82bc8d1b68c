"""The notebook: one sentence first, a name later, nothing typed twice."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tandem.accompagnements.actions import (
    AccompagnementRefused,
    NotAllowed,
    Wanted,
    close_besoin,
    follow_demarche,
    name_besoin,
    name_besoin_declared,
    open_besoin,
    reopen_besoin,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.queries import BesoinUnknown, besoin_visible_to, open_besoins
from tandem.accompagnements.rules import CloseKind
from tandem.accompagnements.tests.cast import said
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.factories import AffectationFactory
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.actions import set_team_access
from tandem.usagers.models import Usager
from tandem.usagers.rules import Rung

WORDS = "Mon RSA est coupé, je ne sais pas pourquoi."


class TestNoting:
    def test_one_sentence_is_enough_and_names_nobody(
        self, desk: Client, acteur: Acteur, at: datetime
    ) -> None:
        """P-02: no identity is asked to begin."""
        answer = desk.post("/besoins/nouveau/", {"words": WORDS}, follow=True)
        besoin = Besoin.objects.get()
        assert answer.redirect_chain[-1][0] == f"/besoins/{besoin.public_id}/"
        assert (besoin.words, besoin.usager, besoin.opened_at) == (WORDS, None, at)
        assert besoin.held_by == acteur.affectation
        assert Usager.objects.count() == 0
        assert said() == ["besoin_opened"]

    def test_a_double_click_notes_it_once(self, desk: Client) -> None:
        """S-24."""
        key = str(uuid4())
        first = desk.post("/besoins/nouveau/", {"words": WORDS, "key": key})
        second = desk.post("/besoins/nouveau/", {"words": WORDS, "key": key})
        assert first["Location"] == second["Location"]
        assert Besoin.objects.count() == 1
        assert said() == ["besoin_opened"]

    def test_the_key_of_another_desk_finds_nothing_of_theirs(
        self, acteur: Acteur, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """S-24, S-41: what a form creates belongs to the desk that sent it."""
        key = uuid4()
        first = open_besoin(acteur=acteur, words=WORDS, at=at, key=key)
        second = open_besoin(acteur=as_acteur(bob), words="Autre chose", at=at, key=key)
        assert first.pk != second.pk

    def test_nothing_written_is_asked_again_and_what_is_a_secret_is_refused(
        self, desk: Client
    ) -> None:
        """A-10, P-12: 422, and what was typed stays."""
        assert desk.post("/besoins/nouveau/", {"words": "  "}).status_code == 422
        leaky = "Son mot de passe est Soleil2026! pour la CAF"
        answer = desk.post("/besoins/nouveau/", {"words": leaky})
        assert answer.status_code == 422
        assert "mot de passe" in answer.content.decode()
        assert Besoin.objects.count() == 0
        desk.post("/besoins/nouveau/", {"words": leaky, "not_a_secret": ["password"]})
        assert Besoin.objects.get().words == leaky

    def test_the_database_takes_no_empty_demand(self, besoin: Besoin) -> None:
        besoin.words = ""
        with pytest.raises(IntegrityError, match="besoin_says_something"), transaction.atomic():
            besoin.save()

    def test_from_the_page_of_a_person_it_has_their_name(self, desk: Client, rose: Usager) -> None:
        page = desk.get(f"/besoins/nouveau/?usager={rose.public_id}")
        assert rose.display_name in page.content.decode()
        desk.post("/besoins/nouveau/", {"words": WORDS, "usager": rose.public_id})
        assert Besoin.objects.get().usager == rose


class TestNaming:
    def test_someone_known_is_found_and_the_demarches_follow(
        self, desk: Client, acteur: Acteur, besoin: Besoin, rose: Usager, at: datetime
    ) -> None:
        """Nothing is typed again: the démarche opened before has the name too. P-21: the person is there."""
        row = follow_demarche(
            acteur=acteur, wanted=Wanted(title="Chèque énergie"), besoin=besoin, at=at
        )
        Usager.objects.update(last_contact_at=at - timedelta(days=90))
        found = desk.post(f"/besoins/{besoin.public_id}/nommer/", {"q": rose.family_name})
        assert str(rose.public_id) in found.content.decode()
        desk.post(f"/besoins/{besoin.public_id}/nommer/", {"usager": rose.public_id})
        besoin.refresh_from_db()
        row.refresh_from_db()
        rose.refresh_from_db()
        assert (besoin.usager, row.usager, rose.last_contact_at) == (rose, rose, at)
        assert said()[-2:] == ["besoin_named", "demarche_named"]

    def test_someone_new_says_their_name(self, desk: Client, besoin: Besoin) -> None:
        """P-32: at the lowest rung."""
        names = {"given_names": "Andrei", "family_name": "Popescu"}
        desk.post(f"/besoins/{besoin.public_id}/nommer/", names)
        besoin.refresh_from_db()
        assert besoin.usager is not None
        assert (besoin.usager.display_name, besoin.usager.rung) == ("Andrei Popescu", Rung.DECLARE)

    def test_a_name_given_is_not_replaced(
        self, acteur: Acteur, besoin: Besoin, rose: Usager, at: datetime
    ) -> None:
        name_besoin_declared(
            acteur=acteur, besoin=besoin, given_names="Andrei", family_name="Popescu", at=at
        )
        with pytest.raises(AccompagnementRefused, match="autre personne"):
            name_besoin(acteur=acteur, besoin=besoin, usager=rose, at=at)
        with pytest.raises(AccompagnementRefused, match="déjà un nom"):
            name_besoin_declared(
                acteur=acteur, besoin=besoin, given_names="A", family_name="B", at=at
            )

    def test_beside_someone_two_names_are_not_shown(
        self, desk: Client, acteur: Acteur, besoin: Besoin, rose: Usager, at: datetime
    ) -> None:
        """P-28."""
        name_besoin_declared(
            acteur=acteur, besoin=besoin, given_names="Jean", family_name=rose.family_name, at=at
        )
        other = open_besoin(acteur=acteur, words=WORDS, at=at)
        session = desk.session
        session[PERSON_PRESENT_SESSION_KEY] = "1"
        session.save()
        page = desk.post(f"/besoins/{other.public_id}/nommer/", {"q": rose.family_name})
        assert rose.display_name not in page.content.decode()
        assert "tapez le nom entier" in page.content.decode()


class TestSeeing:
    def test_another_structure_sees_nothing(
        self, besoin: Besoin, charlie: Affectation, as_acteur: ActeurOf, client_of: ClientOf
    ) -> None:
        """P-10, S-40."""
        with pytest.raises(BesoinUnknown):
            besoin_visible_to(as_acteur(charlie), besoin.public_id)
        assert client_of(charlie).get(f"/besoins/{besoin.public_id}/").status_code == 404
        assert not open_besoins(as_acteur(charlie)).exists()

    def test_a_colleague_who_does_not_follow_the_person_sees_nothing_of_theirs(
        self, acteur: Acteur, besoin: Besoin, rose: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:  # fmt: skip
        """P-10."""
        name_besoin(acteur=acteur, besoin=besoin, usager=rose, at=at)
        assert besoin_visible_to(as_acteur(bob), besoin.public_id) == besoin
        set_team_access(acteur=acteur, usager=rose, team_access=False, at=at)
        with pytest.raises(BesoinUnknown):
            besoin_visible_to(as_acteur(bob), besoin.public_id)
        with pytest.raises(NotAllowed):
            close_besoin(acteur=as_acteur(bob), besoin=besoin, kind=CloseKind.DONE, at=at)

    def test_without_the_charte_nothing_is_seen_nor_noted(
        self, besoin: Besoin, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-04."""
        eve = as_acteur(AffectationFactory.create(structure=besoin.structure, charte=False))
        assert not open_besoins(eve).exists()
        with pytest.raises(NotAllowed):
            open_besoin(acteur=eve, words=WORDS, at=at)

    def test_each_reading_of_a_named_demand_is_a_line_about_the_person(
        self, desk: Client, acteur: Acteur, besoin: Besoin, rose: Usager, at: datetime
    ) -> None:
        """P-11; beside another person the page stays closed (P-28)."""
        name_besoin(acteur=acteur, besoin=besoin, usager=rose, at=at)
        from tandem.journal.models import Entry

        before = Entry.objects.filter(event="usagers.read", about=rose.public_id).count()
        assert desk.get(f"/besoins/{besoin.public_id}/").status_code == 200
        assert (
            Entry.objects.filter(event="usagers.read", about=rose.public_id).count() == before + 1
        )
        session = desk.session
        session[PERSON_PRESENT_SESSION_KEY] = str(uuid4())
        session.save()
        assert desk.get(f"/besoins/{besoin.public_id}/").status_code == 409

    def test_the_list_is_hidden_while_someone_looks(self, desk: Client, besoin: Besoin) -> None:
        """P-28."""
        assert "lettre de la CAF" in desk.get("/besoins/").content.decode()
        session = desk.session
        session[PERSON_PRESENT_SESSION_KEY] = "1"
        session.save()
        assert "lettre de la CAF" not in desk.get("/besoins/").content.decode()


class TestEnding:
    def test_closed_for_a_reason_and_opened_again(
        self, desk: Client, acteur: Acteur, besoin: Besoin, at: datetime
    ) -> None:
        """A-11: reversible."""
        address = f"/besoins/{besoin.public_id}/"
        assert desk.post(f"{address}terminer/", {}).status_code == 422
        desk.post(f"{address}terminer/", {"kind": "done"})
        besoin.refresh_from_db()
        assert (besoin.closed_at, besoin.close_kind) == (at, "done")
        with pytest.raises(AccompagnementRefused, match="déjà terminée"):
            close_besoin(acteur=acteur, besoin=besoin, kind=CloseKind.DONE, at=at)
        assert "lettre de la CAF" in desk.get("/besoins/?liste=terminees").content.decode()
        desk.post(f"{address}rouvrir/")
        besoin.refresh_from_db()
        assert besoin.closed_at is None
        with pytest.raises(AccompagnementRefused, match="déjà ouverte"):
            reopen_besoin(acteur=acteur, besoin=besoin, at=at)
        assert said() == ["besoin_opened", "besoin_closed", "besoin_reopened"]

    def test_the_list_runs_the_same_queries_for_one_and_fifty(
        self, desk: Client, acteur: Acteur, besoin: Besoin, at: datetime, django_assert_num_queries: object
    ) -> None:  # fmt: skip
        """Law 12."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        desk.get("/besoins/?liste=ouvertes")
        with CaptureQueriesContext(
            connection,
        ) as one:
            desk.get("/besoins/?liste=ouvertes")
        for number in range(50):
            open_besoin(acteur=acteur, words=f"Demande {number}", at=at)
        with CaptureQueriesContext(connection) as fifty:
            desk.get("/besoins/?liste=ouvertes")
        assert len(fifty) == len(one) <= 10
        assert DemarcheSuivie.objects.count() == 0
