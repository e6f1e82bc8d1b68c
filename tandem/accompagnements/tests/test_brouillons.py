"""Interrupted: what was being typed is there when one comes back."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from tandem.accompagnements.actions import keep_brouillon, purge_brouillons
from tandem.accompagnements.models import Besoin, Brouillon, DemarcheSuivie
from tandem.accompagnements.queries import brouillon_of
from tandem.comptes.tests.factories import login
from tandem.journal.models import Entry
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.factories import AffectationFactory

WORDS = "Elle voudrait qu’on rappelle sa fille avant"


class TestComingBack:
    def test_after_twenty_minutes_one_login_and_the_same_page(
        self, desk: Client, alice: Affectation, clock: Any, rsa: DemarcheSuivie
    ) -> None:
        """A-07, R-28: the session ends at fifteen minutes; nothing typed is lost, and one lands where one was."""
        page = f"/demarches/{rsa.public_id}/etape/"
        sent = {"about": str(rsa.public_id), "text": WORDS, "asked": "Un papier", "hidden": "no"}
        assert desk.post("/brouillons/etape/", sent).status_code == 204
        clock.shift(timedelta(minutes=20))
        ended = desk.get(page)
        assert ended["Location"].startswith("/comptes/connexion/?")
        assert quote(page, safe="") in ended["Location"]
        login(desk, alice.compte)
        again = desk.get(page).content.decode()
        assert WORDS in again
        assert "Un papier" in again
        assert "en train d’écrire" in again

    def test_the_notebook_too(self, desk: Client) -> None:
        desk.post("/brouillons/besoin/", {"words": WORDS})
        assert WORDS in desk.get("/besoins/nouveau/").content.decode()

    def test_without_any_script_a_button_keeps_it_and_one_leaves(
        self, desk: Client, alice: Affectation, clock: Any, rsa: DemarcheSuivie
    ) -> None:
        """A-07, S-13: kept by hand, the session may end; the same words after the next login."""
        page, keep = f"/demarches/{rsa.public_id}/etape/", "/brouillons/etape/"
        html = desk.get(page).content.decode()
        assert f'formaction="{keep}"' in html
        assert f'<input type="hidden" name="about" value="{rsa.public_id}">' in html
        # All the fields of the form go, as a browser sends them: only its words are kept.
        form = {"kind": "noted", "next_move": "aidant", "text": WORDS, "about": str(rsa.public_id)}
        answer = desk.post(keep, form | {"garder": "1"})
        assert answer["Location"] == page
        assert not rsa.etapes.filter(kind="noted").exists()
        clock.shift(timedelta(minutes=20))
        ended = desk.get(page)
        assert ended["Location"].startswith("/comptes/connexion/?")
        login(desk, alice.compte)
        assert WORDS in desk.get(page).content.decode()

    @pytest.mark.parametrize("words", [WORDS, "  "])
    def test_the_button_leads_back_to_its_own_form(
        self, desk: Client, besoin: Besoin, rsa: DemarcheSuivie, bob: Affectation, words: str
    ) -> None:
        assert rsa.usager is not None
        ways = {
            ("besoin", ""): "/besoins/nouveau/",
            (
                "besoin",
                str(rsa.usager.public_id),
            ): f"/besoins/nouveau/?usager={rsa.usager.public_id}",
            ("relais", str(besoin.public_id)): f"/besoins/{besoin.public_id}/passer/",
            ("relais", str(rsa.public_id)): f"/demarches/{rsa.public_id}/passer/",
        }
        for (page, about), where in ways.items():
            sent = {"about": about, "words": words, "garder": "1"}
            assert desk.post(f"/brouillons/{page}/", sent)["Location"] == where
            assert (words in desk.get(where).content.decode()) or not words.strip()
        assert Brouillon.objects.count() == (len(ways) if words.strip() else 0)

    def test_once_sent_it_is_forgotten(
        self, desk: Client, besoin: Besoin, rsa: DemarcheSuivie, bob: Affectation
    ) -> None:
        step, hand = f"/demarches/{rsa.public_id}/etape/", f"/besoins/{besoin.public_id}/passer/"
        desk.post("/brouillons/besoin/", {"words": WORDS})
        desk.post("/brouillons/etape/", {"about": str(rsa.public_id), "text": WORDS})
        desk.post("/brouillons/relais/", {"about": str(besoin.public_id), "words": WORDS})
        assert Brouillon.objects.count() == 3
        desk.post("/besoins/nouveau/", {"words": WORDS})
        desk.post(step, {"kind": "noted", "text": WORDS, "next_move": "aidant"})
        desk.post(hand, {"to": str(bob.public_id), "reason": "longer", "words": WORDS})
        assert Brouillon.objects.count() == 0

    def test_emptied_it_is_forgotten_and_kept_again_it_is_one(self, desk: Client) -> None:
        for words in ("Un", "Un début", WORDS):
            desk.post("/brouillons/besoin/", {"words": words})
        assert Brouillon.objects.get().fields == {"words": WORDS}
        desk.post("/brouillons/besoin/", {"words": "  "})
        assert Brouillon.objects.count() == 0


class TestItsOwnerAlone:
    def test_reads_it(
        self, acteur: Acteur, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        keep_brouillon(acteur=acteur, page="besoin", fields={"words": WORDS}, at=at)
        assert brouillon_of(acteur, "besoin", at=at) == {"words": WORDS}
        assert brouillon_of(as_acteur(bob), "besoin", at=at) == {}

    def test_nothing_is_kept_about_what_one_does_not_see(
        self, rsa: DemarcheSuivie, charlie: Affectation, client_of: ClientOf
    ) -> None:
        """P-10, S-40."""
        sent = {"about": str(rsa.public_id), "text": WORDS}
        assert client_of(charlie).post("/brouillons/etape/", sent).status_code == 404
        assert client_of(charlie).post("/brouillons/secret/", sent).status_code == 404
        assert Brouillon.objects.count() == 0

    def test_is_encrypted_and_not_journaled(self, desk: Client) -> None:
        """S-42: nothing is said before it is sent."""
        before = Entry.objects.count()
        desk.post("/brouillons/besoin/", {"words": WORDS})
        assert "fille" not in str(Brouillon.objects.values_list("fields", flat=True).get())
        assert Entry.objects.count() == before

    @pytest.mark.parametrize("page", ["besoin", "etape"])
    def test_is_refused_without_the_charte(
        self, besoin: Besoin, client_of: ClientOf, page: str
    ) -> None:
        """P-04."""
        eve = AffectationFactory.create(structure=besoin.structure, charte=False)
        sent = {"words": WORDS, "about": str(uuid4())}
        assert client_of(eve).post(f"/brouillons/{page}/", sent).status_code == 403


class TestItsTime:
    def test_is_a_day(self, acteur: Acteur, at: datetime) -> None:
        """A-07: a day, then nothing is left."""
        keep_brouillon(acteur=acteur, page="besoin", fields={"words": WORDS}, at=at)
        almost, day = at + timedelta(hours=23, minutes=59), at + timedelta(hours=24)
        assert purge_brouillons(at=almost) == 0
        assert brouillon_of(acteur, "besoin", at=almost)
        assert brouillon_of(acteur, "besoin", at=day) == {}
        assert purge_brouillons(at=day) == 1
