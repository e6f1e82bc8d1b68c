"""A démarche from its beginning to its end, and its history."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tandem.accompagnements.actions import (
    AccompagnementRefused,
    NotAllowed,
    Wanted,
    add_step,
    close_demarche,
    follow_demarche,
    name_demarche,
    prepare_mandat,
    reopen_demarche,
    set_pieces,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie, Etape
from tandem.accompagnements.queries import DemarcheUnknown, demarche_visible_to, demarches_of
from tandem.accompagnements.rules import (
    FREQUENT,
    DemarcheState,
    EtapeKind,
    Mode,
    Next,
    NextMove,
    Outcome,
    PieceState,
    Step,
    Way,
)
from tandem.accompagnements.tests.cast import said
from tandem.accompagnements.tests.conftest import RSA
from tandem.journal.models import Entry
from tandem.mandats.rules import Presence
from tandem.mandats.tests.cast import ActeurOf, ClientOf
from tandem.referentiels.models import Demarche, Theme
from tandem.signature.models import Draft
from tandem.signature.queries import answers_of
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.usagers.models import Usager


class TestBeginning:
    def test_the_catalogue_brings_the_checklist(self, rsa: DemarcheSuivie) -> None:
        labels = [piece.label for piece in rsa.pieces.order_by("pk")]
        assert rsa.demarche is not None
        assert labels == rsa.demarche.to_bring
        assert (rsa.name, rsa.service, rsa.state) == (
            "Faire la déclaration trimestrielle du RSA", "CAF", DemarcheState.OPEN,
        )  # fmt: skip
        assert [etape.kind for etape in rsa.etapes.all()] == ["opened"]
        assert said() == ["demarche_opened"]

    def test_a_private_body_is_followed_the_same_way(self, desk: Client, besoin: Besoin) -> None:
        """Private bodies included; from the demand, in one page."""
        sent = {
            "besoin": besoin.public_id,
            "title": "Résilier la box",
            "body": "Télécom du Nord",
            "theme": "",
        }
        answer = desk.post("/demarches/nouvelle/", sent)
        row = DemarcheSuivie.objects.get()
        assert answer["Location"] == f"/demarches/{row.public_id}/"
        assert (row.name, row.service) == ("Résilier la box", "Télécom du Nord")
        assert (row.besoin, row.theme) == (besoin, None)

    def test_one_tap_on_a_demarche_found_follows_it_once(self, desk: Client, rose: Usager) -> None:
        """S-24."""
        page = desk.post("/demarches/nouvelle/", {"usager": rose.public_id, "q": "carte vitale"})
        assert "Commander une carte Vitale" in page.content.decode()
        tap = {"usager": rose.public_id, "demarche": "ameli-carte-vitale", "key": str(uuid4())}
        first, second = (desk.post("/demarches/nouvelle/", tap) for _click in range(2))
        assert first["Location"] == second["Location"]
        assert DemarcheSuivie.objects.get().usager == rose

    def test_it_needs_a_name_and_one_person_only(
        self, acteur: Acteur, besoin: Besoin, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:  # fmt: skip
        with pytest.raises(AccompagnementRefused, match="donnez-lui un nom"):
            follow_demarche(acteur=acteur, wanted=Wanted(title=" "), at=at)
        Besoin.objects.filter(pk=besoin.pk).update(usager=rose)
        other = Usager.objects.create(
            structure=rose.structure, rung=rose.rung, rung_established_at=at, created_at=at, last_contact_at=at
        )  # fmt: skip
        with pytest.raises(AccompagnementRefused, match="autre personne"):
            follow_demarche(
                acteur=acteur, wanted=Wanted(title="X"), besoin=besoin, usager=other, at=at
            )
        with pytest.raises(AccompagnementRefused, match="pas suivie"):
            follow_demarche(acteur=as_acteur(charlie), wanted=Wanted(title="X"), usager=rose, at=at)

    def test_a_theme_closed_to_the_structure_stays_closed(
        self, alice: Affectation, catalogue: None, ccas: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:  # fmt: skip
        Structure.objects.filter(pk=ccas.pk).update(allowed_themes=["logement"])
        acteur = as_acteur(alice)
        wanted = Wanted(demarche=Demarche.objects.select_related("theme").get(slug=RSA))
        with pytest.raises(AccompagnementRefused, match="thème"):
            follow_demarche(acteur=acteur, wanted=wanted, at=at)

    def test_the_database_refuses_one_without_a_title(
        self, acteur: Acteur, rsa: DemarcheSuivie
    ) -> None:
        rsa.demarche = None
        with pytest.raises(IntegrityError, match="suivie_has_a_title"), transaction.atomic():
            rsa.save()

    def test_the_frequent_ones_are_in_the_catalogue(self, catalogue: None) -> None:
        assert Demarche.objects.filter(slug__in=FREQUENT, active=True).count() == len(FREQUENT)


class TestSteps:
    def test_say_what_happened_who_moves_next_and_by_when(
        self, desk: Client, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-05: how, and where the person was. P-21: they were there."""
        Usager.objects.update(last_contact_at=at - timedelta(days=30))
        sent = {
            "kind": "asked", "text": "Il manque un papier.", "next_move": "person", "asked": "Fiche de paie d’août",
            "asked_by_on": "2026-11-20", "references": "Dossier 77", "mode": "ensemble", "presence": "telephone",
            "key": str(uuid4()),
        }  # fmt: skip
        for _click in range(2):
            assert desk.post(f"/demarches/{rsa.public_id}/etape/", sent).status_code == 302
        rsa.refresh_from_db()
        rose.refresh_from_db()
        step = rsa.etapes.get(kind="asked")
        assert (step.text, step.mode, step.presence) == (
            "Il manque un papier.",
            "ensemble",
            "telephone",
        )
        assert (rsa.asked, rsa.references) == ("Fiche de paie d’août", "Dossier 77")
        assert rsa.asked_by_on == date(2026, 11, 20)
        assert (rsa.next_move, rsa.moved_at, rose.last_contact_at) == ("person", at, at)
        page = desk.get(f"/demarches/{rsa.public_id}/").content.decode()
        assert 'datetime="2026-11-20"' in page
        assert "Fiche de paie d’août" in page
        assert said()[1:] == ["step_added", "demarche_changed"]

    def test_a_letter_received_is_no_contact(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-21: only what is done with the person moves the last contact."""
        before = at - timedelta(days=30)
        Usager.objects.update(last_contact_at=before)
        later = at + timedelta(hours=1)
        add_step(
            acteur=acteur, demarche_suivie=rsa, step=Step(EtapeKind.RECEIVED, "Accord"),
            then=Next(NextMove.AIDANT), at=later,
        )  # fmt: skip
        way = Way(Mode.A_SA_PLACE, Presence.ABSENCE)
        add_step(
            acteur=acteur, demarche_suivie=rsa, step=Step(EtapeKind.CALLED, way=way),
            then=Next(NextMove.AIDANT), at=later,
        )  # fmt: skip
        rose.refresh_from_db()
        rsa.refresh_from_db()
        assert rose.last_contact_at == before
        assert (rsa.next_move, rsa.asked) == ("aidant", "")

    def test_only_an_act_writes_its_own_line(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        for kind in (EtapeKind.FILED, EtapeKind.CLOSED, EtapeKind.HANDED):
            with pytest.raises(AccompagnementRefused):
                add_step(
                    acteur=acteur, demarche_suivie=rsa, step=Step(kind), then=Next(NextMove.AIDANT), at=at
                )  # fmt: skip
        assert Etape.objects.count() == 1

    def test_a_secret_is_refused_and_its_override_is_journaled(
        self, desk: Client, rsa: DemarcheSuivie
    ) -> None:
        """P-12, A-10: nothing typed is lost."""
        sent = {"kind": "noted", "next_move": "aidant", "asked": "Retenu"}
        sent["text"] = "IBAN FR76 3000 6000 0112 3456 7890 189"
        answer = desk.post(f"/demarches/{rsa.public_id}/etape/", sent)
        assert answer.status_code == 422
        assert "IBAN" in answer.content.decode()
        assert "Retenu" in answer.content.decode()
        desk.post(f"/demarches/{rsa.public_id}/etape/", {**sent, "not_a_secret": ["iban"]})
        assert Entry.objects.get(event="accompagnements.step_added").facts["secret_override"] == [
            "iban"
        ]

    def test_the_journal_holds_no_word_of_it(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        add_step(
            acteur=acteur, demarche_suivie=rsa, step=Step(EtapeKind.NOTED, "Quillienec"),
            then=Next(NextMove.AIDANT, "Quillienec", None, "Quillienec"), at=at,
        )  # fmt: skip
        assert "Quillienec" not in str(list(Entry.objects.values_list()))


class TestPieces:
    def test_are_ticked_and_added(self, desk: Client, rsa: DemarcheSuivie) -> None:
        piece = rsa.pieces.get()
        sent = {f"piece_{piece.public_id}": "seen", "added": "Attestation de loyer"}
        answer = desk.post(f"/demarches/{rsa.public_id}/pieces/", sent)
        assert answer["Location"].endswith("#pieces")
        assert [(p.state, p.from_catalogue) for p in rsa.pieces.order_by("pk")] == [
            ("seen", True), ("missing", False),
        ]  # fmt: skip
        assert said()[1:] == ["piece_changed", "piece_changed"]
        assert desk.post(f"/demarches/{rsa.public_id}/pieces/", {}).status_code == 422

    def test_what_does_not_change_is_not_said(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        piece = rsa.pieces.get()
        set_pieces(
            acteur=acteur, demarche_suivie=rsa, states={piece.public_id: PieceState.MISSING}, at=at
        )
        assert said() == ["demarche_opened"]


class TestEnding:
    def test_closed_with_an_outcome_and_opened_again(
        self, desk: Client, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """A-11."""
        desk.post(f"/demarches/{rsa.public_id}/terminer/", {"outcome": "granted", "text": "Payé"})
        rsa.refresh_from_db()
        assert (rsa.state, rsa.outcome) == (DemarcheState.CLOSED, "granted")
        for refused in (
            lambda: close_demarche(acteur=acteur, demarche_suivie=rsa, outcome=Outcome.GRANTED, at=at),
            lambda: set_pieces(acteur=acteur, demarche_suivie=rsa, states={}, at=at),
            lambda: add_step(
                acteur=acteur, demarche_suivie=rsa, step=Step(EtapeKind.NOTED), then=Next(NextMove.AIDANT), at=at
            ),
        ):  # fmt: skip
            with pytest.raises(AccompagnementRefused, match="Rouvrez-la"):
                refused()
        assert "Payé" in desk.get(f"/demarches/{rsa.public_id}/").content.decode()
        desk.post(f"/demarches/{rsa.public_id}/rouvrir/")
        rsa.refresh_from_db()
        assert rsa.state is DemarcheState.OPEN
        with pytest.raises(AccompagnementRefused, match="déjà ouverte"):
            reopen_demarche(acteur=acteur, demarche_suivie=rsa, at=at)
        assert said() == ["demarche_opened", "demarche_closed", "demarche_reopened"]

    def test_the_database_asks_how(self, rsa: DemarcheSuivie, at: datetime) -> None:
        rsa.closed_at = at
        with pytest.raises(IntegrityError, match="suivie_closed_with_an_outcome"), transaction.atomic():  # fmt: skip
            rsa.save()


class TestSeeing:
    def test_nothing_of_it_elsewhere(
        self, rsa: DemarcheSuivie, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, client_of: ClientOf,
        at: datetime,
    ) -> None:  # fmt: skip
        """P-10, S-40."""
        stranger = as_acteur(charlie)
        with pytest.raises(DemarcheUnknown):
            demarche_visible_to(stranger, rsa.public_id)
        assert not demarches_of(stranger, rose).exists()
        with pytest.raises(NotAllowed):
            close_demarche(acteur=stranger, demarche_suivie=rsa, outcome=Outcome.GRANTED, at=at)
        assert client_of(charlie).get(f"/demarches/{rsa.public_id}/").status_code == 404

    def test_hostile_words_are_shown_as_words(
        self, desk: Client, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """S-26: in every text of the page."""
        hostile = "<script>alert(1)</script>{{ 7|add:7 }}\u202e"
        add_step(
            acteur=acteur, demarche_suivie=rsa, step=Step(EtapeKind.NOTED, hostile),
            then=Next(NextMove.AIDANT, hostile, None, hostile), at=at,
        )  # fmt: skip
        set_pieces(acteur=acteur, demarche_suivie=rsa, states={}, added=hostile, at=at)
        page = desk.get(f"/demarches/{rsa.public_id}/").content.decode()
        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}") >= 4
        assert "\u202e" not in page


class TestNamingAndMandat:
    def test_a_demarche_of_nobody_gets_its_name(
        self, desk: Client, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        row = follow_demarche(acteur=acteur, wanted=Wanted(title="Box"), at=at)
        desk.post(f"/demarches/{row.public_id}/nommer/", {"usager": rose.public_id})
        row.refresh_from_db()
        assert row.usager == rose
        other = follow_demarche(acteur=acteur, wanted=Wanted(title="Box"), at=at)
        desk.post(
            f"/demarches/{other.public_id}/nommer/", {"given_names": "Andrei", "family_name": "P"}
        )
        other.refresh_from_db()
        assert other.usager is not None
        with pytest.raises(AccompagnementRefused, match="autre personne"):
            name_demarche(acteur=acteur, demarche_suivie=other, usager=rose, at=at)

    def test_the_mandat_starts_with_what_is_known(
        self, desk: Client, rsa: DemarcheSuivie, rose: Usager
    ) -> None:
        """Nothing retyped: the person and the line are there; twice is one draft (S-24)."""
        first = desk.post(f"/demarches/{rsa.public_id}/mandat/")
        second = desk.post(f"/demarches/{rsa.public_id}/mandat/")
        draft = Draft.objects.get()
        assert first["Location"] == second["Location"] == f"/mandats/brouillons/{draft.public_id}/"
        assert draft.usager == rose
        assert answers_of(draft).scopes == (f"demarche:{RSA}",)
        assert desk.get(first["Location"])["Location"].endswith("/duree/")

    def test_a_free_one_asks_for_its_theme(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        wanted = Wanted(title="Bail", theme=Theme.objects.get(key="logement"))
        row = follow_demarche(acteur=acteur, wanted=wanted, usager=rose, at=at)
        draft = prepare_mandat(acteur=acteur, demarche_suivie=row, at=at)
        assert answers_of(draft).scopes == ("theme:logement",)
        row = follow_demarche(acteur=acteur, wanted=Wanted(title="Box"), usager=rose, at=at)
        with pytest.raises(AccompagnementRefused, match="pas de thème"):
            prepare_mandat(acteur=acteur, demarche_suivie=row, at=at)

    def test_whoever_signed_is_offered_by_name(
        self, desk: Client, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """Nothing retyped: a démarche of nobody, its mandat signed, one tap."""
        from tandem.mandats.tests.factories import signed_mandat

        wanted = Wanted(demarche=Demarche.objects.select_related("theme").get(slug=RSA))
        row = follow_demarche(acteur=acteur, wanted=wanted, at=at)
        draft = prepare_mandat(acteur=acteur, demarche_suivie=row, at=at)
        assert "C’est sa démarche" not in desk.get(f"/demarches/{row.public_id}/").content.decode()
        mandat = signed_mandat(acteur, rose, [f"demarche:{RSA}"], at=at)
        Draft.objects.filter(pk=draft.pk).update(mandat=mandat)
        page = desk.get(f"/demarches/{row.public_id}/").content.decode()
        assert "C’est sa démarche" in page
        assert str(rose.public_id) in page
