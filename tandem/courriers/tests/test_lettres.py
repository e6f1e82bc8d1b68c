"""Letters: written, saved, sent; and who may."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tandem.accompagnements.models import DemarcheSuivie
from tandem.courriers import actions, events
from tandem.courriers.actions import Limit, Told
from tandem.courriers.modeles import modeles
from tandem.courriers.models import Lettre, LettreVersion
from tandem.courriers.queries import (
    CourrierUnknown,
    current_version,
    lettre_visible_to,
    lettres_of,
    version_visible_to,
    versions_of,
)
from tandem.courriers.rules import Content, Sender, SendWay
from tandem.courriers.tests.factories import written
from tandem.journal.models import Entry
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


def says(lettre: Lettre) -> Content:
    return current_version(lettre).says


def saved(acteur: Acteur, lettre: Lettre, at: datetime, **texts: str) -> LettreVersion:
    return actions.save_lettre(
        acteur=acteur,
        lettre=lettre,
        content=replace(says(lettre), **texts),
        limit=Limit(),
        based_on=1,
        at=at,
    )


class TestWriting:
    def test_fills_with_what_is_known_and_told_and_shows_what_lacks(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """Issue 3, letters: live data at creation, the rest stays visible and blocks nothing."""
        lettre = written(acteur, rose, at=at, values={"montant": "430 €"})

        text = says(lettre)
        assert text.sender_lines.startswith(rose.display_name)
        assert text.signature == rose.display_name
        assert text.place_date.endswith(", le 2 novembre 2026")
        assert "Je dois payer 430 €" in text.body
        assert "ce qui peut être payé chaque mois" in text.missing
        assert "l’adresse de la personne" in text.missing
        assert text.letterhead == ""

    def test_is_signed_by_the_person_even_on_the_paper_of_the_structure(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        text = says(written(acteur, rose, at=at, sender=Sender.ON_PAPER))

        assert text.letterhead.startswith(rose.structure.name)
        assert text.signature == rose.display_name

    def test_is_signed_by_the_structure_only_when_it_says_so(
        self, acteur: Acteur, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        text = says(written(acteur, rose, at=at, sender=Sender.STRUCTURE))

        assert text.signature == f"{rose.structure.name}\n{alice.compte.full_name}"
        assert rose.display_name not in text.sender_lines

    def test_does_not_let_what_was_typed_replace_what_is_known(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        forged = {"ville": "Ailleurs", "personne": "Quelqu’un"}
        text = says(written(acteur, rose, at=at, modele="recours-rsa", values=forged))

        assert text.place_date.startswith(rose.structure.city)
        assert f"Je m’appelle {rose.display_name}" in text.body
        assert "12 avril 1955" in text.body.replace("\u00a0", " ")

    def test_leaves_its_trace_without_a_word_of_it(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        written(acteur, rose, at=at, values={"situation": "Très personnel"})

        entry = Entry.objects.get(event=events.LETTRE_WRITTEN.name)
        assert entry.about == rose.public_id
        assert entry.facts["modele"] == "echeancier-impots"
        assert "personnel" not in entry.facts_text

    def test_makes_one_letter_of_one_form(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """S-24: a double click."""
        key = uuid4()
        both = [
            actions.write_lettre(
                acteur=acteur,
                usager=rose,
                modele=modeles()["libre"],
                told=Told(values={}),
                form_key=key,
                at=at,
            )
            for _ in range(2)
        ]

        assert both[0] == both[1]
        assert Entry.objects.filter(event=events.LETTRE_WRITTEN.name).count() == 1

    @pytest.mark.parametrize(
        ("presence", "moved"), [(Presence.PRESENCE, True), (Presence.ABSENCE, False)]
    )
    def test_moves_the_last_contact_only_with_the_person(
        self, acteur: Acteur, rose: Usager, at: datetime, presence: Presence, moved: bool
    ) -> None:
        """P-21."""
        written(acteur, rose, at=at, presence=presence)

        rose.refresh_from_db()
        assert (rose.last_contact_at == at) is moved

    def test_is_refused_after_a_death(self, acteur: Acteur, ccas: object, at: datetime) -> None:
        """P-37."""
        dead = UsagerFactory.create(structure=ccas, dead=True)

        with pytest.raises(actions.CourrierRefused):
            written(acteur, dead, at=at)

    def test_serves_a_demarche_of_that_person_only(
        self, acteur: Acteur, rose: Usager, alice: Affectation, at: datetime
    ) -> None:
        other = UsagerFactory.create(structure=rose.structure)
        theirs = DemarcheSuivie.objects.create(
            structure=rose.structure, usager=other, title="Bail", next_move="person", mode="ensemble",
            presence="presence", opened_at=at, moved_at=at, held_by=alice,
        )  # fmt: skip

        with pytest.raises(actions.CourrierRefused):
            written(acteur, rose, at=at, demarche_suivie=theirs)
        assert written(acteur, other, at=at, demarche_suivie=theirs).demarche_suivie == theirs

    def test_is_stored_encrypted(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """S-42: nothing of it can be read in the database."""
        written(acteur, rose, at=at, values={"situation": "Introuvable en clair"})

        with connection.cursor() as cursor:
            cursor.execute("SELECT content FROM courriers_lettreversion")
            assert "Introuvable" not in str(cursor.fetchall())


class TestSaving:
    def test_keeps_every_version(self, acteur: Acteur, lettre: Lettre, at: datetime) -> None:
        """Issue 3: versions kept."""
        first = says(lettre)
        saved(acteur, lettre, at, subject="Autre objet")
        lettre.refresh_from_db()

        assert [row.number for row in versions_of(lettre)] == [2, 1]
        assert says(lettre).subject == "Autre objet"
        assert versions_of(lettre).get(number=1).says == first
        assert Entry.objects.get(event=events.LETTRE_CHANGED.name).facts["number"] == 2

    def test_saved_without_a_change_is_one_version(
        self, acteur: Acteur, lettre: Lettre, at: datetime
    ) -> None:
        """S-24."""
        saved(acteur, lettre, at, subject="Autre")
        saved(acteur, lettre, at, subject="Autre")

        assert versions_of(lettre).count() == 2

    def test_overwrites_nothing_of_a_colleague(
        self, acteur: Acteur, lettre: Lettre, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        saved(as_acteur(bob), lettre, at, subject="De Bob")

        with pytest.raises(actions.LettreChanged):
            saved(acteur, lettre, at, subject="D’Alice")
        lettre.refresh_from_db()
        assert says(lettre).subject == "De Bob"


class TestSending:
    def test_keeps_the_day_the_way_and_the_version(
        self, acteur: Acteur, lettre: Lettre, at: datetime
    ) -> None:
        actions.record_sent(
            acteur=acteur, lettre=lettre, sent_on=date(2026, 11, 2), way=SendWay.REGISTERED, at=at
        )

        lettre.refresh_from_db()
        assert lettre.sent_on == date(2026, 11, 2)
        assert (lettre.sent_way, lettre.sent_number) == (SendWay.REGISTERED, 1)
        assert Entry.objects.get(event=events.LETTRE_SENT.name).facts == {"way": "registered"}

    @pytest.mark.parametrize("day", [date(2026, 11, 3), date(2026, 11, 1)])
    def test_is_neither_to_come_nor_before_the_letter(
        self, acteur: Acteur, lettre: Lettre, at: datetime, day: date
    ) -> None:
        with pytest.raises(actions.CourrierRefused):
            actions.record_sent(acteur=acteur, lettre=lettre, sent_on=day, way=SendWay.POST, at=at)

    def test_has_a_day_a_way_and_a_version_in_the_database(self, lettre: Lettre) -> None:
        with pytest.raises(IntegrityError, match="lettre_sent_has"), transaction.atomic():
            Lettre.objects.filter(pk=lettre.pk).update(sent_on=date(2026, 11, 2))


class TestAStranger:
    def test_sees_and_changes_nothing(
        self, stranger: Acteur, lettre: Lettre, rose: Usager, at: datetime
    ) -> None:
        """P-10, S-40."""
        with pytest.raises(CourrierUnknown):
            lettre_visible_to(stranger, lettre.public_id)
        with pytest.raises(CourrierUnknown):
            version_visible_to(stranger, current_version(lettre).public_id)
        assert list(lettres_of(stranger, rose)) == []
        with pytest.raises(actions.NotAllowed):
            saved(stranger, lettre, at, subject="Volé")
        with pytest.raises(actions.NotAllowed):
            written(stranger, rose, at=at)
        with pytest.raises(actions.NotAllowed):
            actions.record_sent(
                acteur=stranger, lettre=lettre, sent_on=date(2026, 11, 2), way=SendWay.POST, at=at
            )

    def test_is_whoever_does_not_follow_a_person_kept_to_followers(
        self, acteur: Acteur, lettre: Lettre, rose: Usager, at: datetime
    ) -> None:
        """P-10."""
        Usager.objects.filter(pk=rose.pk).update(team_access=False)

        with pytest.raises(CourrierUnknown):
            lettre_visible_to(acteur, lettre.public_id)
        with pytest.raises(actions.NotAllowed):
            saved(acteur, lettre, at + timedelta(minutes=1), subject="Non")
