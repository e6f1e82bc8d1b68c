"""Simple help: two taps, nobody named."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from tandem.accompagnements.actions import AccompagnementRefused, NotAllowed, record_aide, undo_aide
from tandem.accompagnements.models import Aide
from tandem.accompagnements.rules import SENSITIVE_KINDS, AideKind, Mode, Way
from tandem.accompagnements.tests.cast import said
from tandem.journal.models import Entry
from tandem.mandats.models import Mandat
from tandem.mandats.rules import Presence
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Usager


@pytest.fixture
def newcomer(ccas: Structure, catalogue: None) -> Affectation:
    """A volunteer of the CCAS: charte accepted, not habilité yet."""
    return AffectationFactory.create(structure=ccas, habilite_at=None)


def tap(kind: str, **changes: str) -> dict[str, str]:
    return {"kind": kind, "mode": "ensemble", "presence": "presence", **changes}


class TestOneTap:
    def test_counts_the_help_and_names_nobody(self, desk: Client, at: datetime) -> None:
        """P-02: a whole session of help leaves no row that names a person, nor a mandat."""
        assert "Imprimer" in desk.get("/aides/").content.decode()
        answer = desk.post("/aides/", tap("impression"), follow=True)
        assert "C’est compté" in answer.content.decode()
        aide = Aide.objects.get()
        assert (aide.kind, aide.mode, aide.presence, aide.at) == (
            "impression",
            "ensemble",
            "presence",
            at,
        )
        assert Usager.objects.count() == Mandat.objects.count() == 0
        assert not Entry.objects.exclude(about=None).exists()
        assert said() == ["aide_recorded"]

    def test_has_no_column_for_a_person(self) -> None:
        """P-02: nothing in the table can hold one."""
        targets = {
            field.related_model
            for field in Aide._meta.get_fields()
            if isinstance(field, models.ForeignKey)
        }
        assert Usager not in targets
        assert not any(isinstance(field, models.TextField) for field in Aide._meta.get_fields())
        assert apps.get_model("accompagnements", "Aide") is Aide

    def test_says_how_in_the_same_tap(self, desk: Client) -> None:
        """P-05."""
        desk.post("/aides/", tap("telephone", mode="seule", presence="telephone"))
        aide = Aide.objects.get()
        assert (aide.mode, aide.presence) == ("seule", "telephone")

    @pytest.mark.parametrize("wrong", [{"mode": "vite"}, {"presence": ""}, {"kind": "magie"}])
    def test_refuses_what_is_not_in_the_lists(self, desk: Client, wrong: dict[str, str]) -> None:
        assert desk.post("/aides/", tap("impression") | wrong).status_code == 422
        assert Aide.objects.count() == 0

    def test_twice_at_once_counts_once(self, desk: Client) -> None:
        """S-24."""
        key = str(uuid4())
        for _click in range(2):
            desk.post("/aides/", tap("impression", key=key))
        assert Aide.objects.count() == 1


class TestTakingBack:
    def test_within_a_quarter_of_an_hour(self, desk: Client, clock: object) -> None:
        """A-11."""
        desk.post("/aides/", tap("photos"))
        aide = Aide.objects.get()
        desk.post(f"/aides/{aide.public_id}/retirer/")
        assert Aide.objects.count() == 0
        assert said() == ["aide_recorded", "aide_undone"]

    def test_not_after_nor_by_another(
        self, acteur: Acteur, bob: Affectation, as_acteur: ActeurOf, client_of: ClientOf, at: datetime
    ) -> None:  # fmt: skip
        aide = record_aide(acteur=acteur, kind=AideKind.PHOTOS, at=at)
        with pytest.raises(AccompagnementRefused):
            undo_aide(acteur=acteur, aide=aide, at=at + timedelta(minutes=15))
        with pytest.raises(AccompagnementRefused):
            undo_aide(acteur=as_acteur(bob), aide=aide, at=at)
        assert client_of(bob).get(f"/aides/{aide.public_id}/").status_code == 404
        assert Aide.objects.count() == 1


class TestWhoMayHelp:
    def test_a_newcomer_prints_but_opens_no_account(
        self, newcomer: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """Help touching financial or personal data asks for a habilité aidant."""
        someone = as_acteur(newcomer)
        assert record_aide(acteur=someone, kind=AideKind.IMPRESSION, at=at).sensitive is False
        for kind in SENSITIVE_KINDS:
            with pytest.raises(NotAllowed, match="aidant habilité"):
                record_aide(acteur=someone, kind=kind, at=at)
        assert Aide.objects.count() == 1

    def test_the_page_says_so_before(self, newcomer: Affectation, client_of: ClientOf) -> None:
        page = client_of(newcomer).get("/aides/").content.decode()
        assert 'value="impression"' in page
        assert 'value="paiement"' not in page
        assert "Demandez à un aidant habilité" in page
        assert client_of(newcomer).post("/aides/", tap("paiement")).status_code == 403

    def test_a_habilite_gives_them_and_it_is_said(self, acteur: Acteur, at: datetime) -> None:
        way = Way(Mode.A_SA_PLACE, Presence.TELEPHONE)
        assert record_aide(acteur=acteur, kind=AideKind.PAIEMENT, way=way, at=at).sensitive

    def test_not_without_the_charte_nor_a_structure(
        self, ccas: Structure, oscar: object, client_of: ClientOf, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-04."""
        eve = AffectationFactory.create(structure=ccas, habilite_at=None, charte=False)
        with pytest.raises(NotAllowed):
            record_aide(acteur=as_acteur(eve), kind=AideKind.IMPRESSION, at=at)
        assert client_of(eve).get("/aides/").status_code == 403
        assert client_of(oscar).get("/aides/").status_code == 403  # type: ignore[arg-type]  # a compte
