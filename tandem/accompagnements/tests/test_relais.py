"""Two-step reception: the second desk asks nothing that is written."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tandem.accompagnements.actions import (
    AccompagnementRefused,
    close_besoin,
    hand_over,
    name_besoin,
    take_relais,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie, Relais
from tandem.accompagnements.queries import colleagues_for, handed_to, open_besoins
from tandem.accompagnements.rules import CloseKind, RelaisReason
from tandem.accompagnements.tests.cast import said
from tandem.journal.models import Entry
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.actions import set_team_access, start_suivi
from tandem.usagers.models import Usager

WORDS = "Elle a la lettre avec elle."


class TestHandingOver:
    def test_one_page_who_why_a_word(
        self, desk: Client, besoin: Besoin, bob: Affectation, client_of: ClientOf, as_acteur: ActeurOf, at: datetime
    ) -> None:  # fmt: skip
        """The colleague finds everything that is written, and takes it in one gesture."""
        page = desk.get(f"/besoins/{besoin.public_id}/passer/").content.decode()
        assert "Bob Exemple" in page
        sent = {"to": str(bob.public_id), "reason": "longer", "words": WORDS}
        answer = desk.post(f"/besoins/{besoin.public_id}/passer/", sent)
        assert answer["Location"] == "/accueil/"
        relais = Relais.objects.get()
        besoin.refresh_from_db()
        assert (relais.words, relais.at, besoin.held_by) == (WORDS, at, bob)
        assert list(handed_to(as_acteur(bob))) == [relais]
        theirs = client_of(bob)
        seen = theirs.get(f"/besoins/{besoin.public_id}/").content.decode()
        assert "lettre de la CAF" in seen
        assert WORDS in seen
        taken = theirs.post(f"/relais/{relais.public_id}/prendre/")
        assert taken["Location"] == f"/besoins/{besoin.public_id}/"
        assert not handed_to(as_acteur(bob)).exists()
        assert list(open_besoins(as_acteur(bob), mine=True)) == [besoin]
        assert said() == ["besoin_opened", "handed_over", "relais_taken"]
        assert WORDS not in str(list(Entry.objects.values_list()))

    def test_a_demarche_keeps_the_line_in_its_history(
        self, desk: Client, rsa: DemarcheSuivie, bob: Affectation
    ) -> None:
        sent = {"to": str(bob.public_id), "reason": "knows", "words": WORDS}
        desk.post(f"/demarches/{rsa.public_id}/passer/", sent)
        rsa.refresh_from_db()
        assert rsa.held_by == bob
        assert rsa.etapes.get(kind="handed").text == WORDS

    def test_twice_to_the_same_is_once_and_another_replaces(
        self, acteur: Acteur, besoin: Besoin, bob: Affectation, bea: Affectation, at: datetime
    ) -> None:
        """S-24."""
        first, again = (
            hand_over(acteur=acteur, what=besoin, to=bob, reason=RelaisReason.AWAY, at=at)
            for _click in range(2)
        )
        assert first == again
        other = hand_over(acteur=acteur, what=besoin, to=bea, reason=RelaisReason.AWAY, at=at)
        assert list(Relais.objects.all()) == [other]
        other.pk, other.public_id = None, besoin.public_id
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save(force_insert=True)

    def test_one_finds_nothing_to_hand_when_alone(self, desk: Client, besoin: Besoin) -> None:
        page = desk.get(f"/besoins/{besoin.public_id}/passer/").content.decode()
        assert "Aucun autre aidant" in page


class TestWhoMayReceive:
    def test_neither_oneself_nor_elsewhere_nor_not_habilite_nor_gone(
        self, acteur: Acteur, besoin: Besoin, charlie: Affectation, at: datetime
    ) -> None:
        """P-04, S-40."""
        newcomer = AffectationFactory.create(structure=besoin.structure, habilite_at=None)
        gone = AffectationFactory.create(structure=besoin.structure, ended_at=at, started_at=at)
        assert acteur.affectation is not None
        for who in (acteur.affectation, charlie, newcomer, gone):
            with pytest.raises(AccompagnementRefused):
                hand_over(acteur=acteur, what=besoin, to=who, reason=RelaisReason.OTHER, at=at)
        assert Relais.objects.count() == 0
        assert colleagues_for(acteur, besoin) == []

    def test_a_file_kept_to_its_followers_goes_to_a_follower(
        self, acteur: Acteur, besoin: Besoin, rose: Usager, bob: Affectation, bea: Affectation, at: datetime
    ) -> None:  # fmt: skip
        """P-10: handing over opens nothing by itself."""
        name_besoin(acteur=acteur, besoin=besoin, usager=rose, at=at)
        set_team_access(acteur=acteur, usager=rose, team_access=False, at=at)
        besoin.refresh_from_db()
        start_suivi(acteur=acteur, usager=rose, affectation=bea, at=at)
        assert colleagues_for(acteur, besoin) == [bea]
        with pytest.raises(AccompagnementRefused, match="ne peut pas reprendre"):
            hand_over(acteur=acteur, what=besoin, to=bob, reason=RelaisReason.OTHER, at=at)
        assert hand_over(acteur=acteur, what=besoin, to=bea, reason=RelaisReason.OTHER, at=at)

    def test_only_the_one_who_was_chosen_takes_it(
        self, desk: Client, acteur: Acteur, besoin: Besoin, bob: Affectation, bea: Affectation, as_acteur: ActeurOf,
        client_of: ClientOf, at: datetime,
    ) -> None:  # fmt: skip
        relais = hand_over(acteur=acteur, what=besoin, to=bob, reason=RelaisReason.OTHER, at=at)
        assert client_of(bea).post(f"/relais/{relais.public_id}/prendre/").status_code == 404
        with pytest.raises(AccompagnementRefused):
            take_relais(acteur=as_acteur(bea), relais=relais, at=at)

    def test_what_is_closed_is_not_handed_and_waits_no_more(
        self, acteur: Acteur, besoin: Besoin, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        hand_over(acteur=acteur, what=besoin, to=bob, reason=RelaisReason.OTHER, at=at)
        close_besoin(acteur=acteur, besoin=besoin, kind=CloseKind.DONE, at=at)
        assert not handed_to(as_acteur(bob)).exists()
        with pytest.raises(AccompagnementRefused, match="terminé"):
            hand_over(acteur=acteur, what=besoin, to=bob, reason=RelaisReason.OTHER, at=at)
