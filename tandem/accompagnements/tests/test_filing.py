"""A demand leaves: a receipt, or its absence, before « déposée »."""

from datetime import datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client

from tandem.accompagnements.actions import (
    AccompagnementRefused,
    Wanted,
    close_demarche,
    file_demarche,
    follow_demarche,
)
from tandem.accompagnements.models import DemarcheSuivie, Depot
from tandem.accompagnements.rules import DemarcheState, Mode, NoReceipt, Outcome, Way
from tandem.accompagnements.tests.cast import said
from tandem.accompagnements.tests.conftest import RSA
from tandem.accompagnements.tests.factories import filing
from tandem.fichiers.tests.samples import SECRET, pdf, png
from tandem.journal.models import Entry
from tandem.mandats.rules import Presence
from tandem.mandats.tests.cast import ClientOf
from tandem.mandats.tests.factories import signed_mandat
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions import declare_usager, freeze_usager
from tandem.usagers.models import Usager
from tandem.usagers.rules import FreezeReason

SENT = {"means": "online", "mode": "ensemble", "presence": "presence"}


def address(row: DemarcheSuivie) -> str:
    return f"/demarches/{row.public_id}/deposer/"


def not_declared() -> None:
    """A démarche that no declaration reads back before it leaves."""
    DemarcheSuivie.objects.update(demarche=Demarche.objects.get(slug="caf-aide-logement"))


class TestTheReceipt:
    def test_of_what_is_declared_waits_for_the_yes_of_the_person(
        self, desk: Client, rsa: DemarcheSuivie
    ) -> None:
        """P-17: the page of the démarche leads to the declaration; its own filing is refused."""
        assert "Faire la déclaration" in desk.get(f"/demarches/{rsa.public_id}/").content.decode()
        answer = desk.post(address(rsa), {**SENT, "no_receipt_reason": "not_given"})
        assert answer.status_code == 422
        assert "se relit d’abord avec la personne" in answer.content.decode()
        assert not Depot.objects.exists()

    def test_is_kept_encrypted_and_given_back_as_a_file(
        self, desk: Client, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """S-45: cleaned, an attachment, alone in its page; P-11: each opening is a line about the person."""
        not_declared()
        DemarcheSuivie.objects.update(asked_by_on=at.date())
        sent = ContentFile(pdf(info=b"/Author(" + SECRET + b")"), "accusé de Rose.pdf")
        desk.post(address(rsa), {**SENT, "receipt": sent, "number": "A-77"})
        rsa.refresh_from_db()
        depot = Depot.objects.get()
        assert (rsa.state, rsa.filed_at) == (DemarcheState.FILED, at)
        assert (rsa.next_move, rsa.asked_by_on) == ("administration", None)
        answer = desk.get(f"/demarches/preuves/{depot.public_id}/")
        assert answer["Content-Disposition"].startswith('attachment; filename="accus_de_Rose.pdf"')
        assert answer["Content-Type"] == "application/pdf"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.content.startswith(b"%PDF-")
        assert SECRET not in answer.content
        line = Entry.objects.get(event="accompagnements.receipt_read")
        assert line.about == rose.public_id
        assert said()[:2] == ["demarche_opened", "demarche_filed"]

    def test_or_its_absence_is_said_first(self, desk: Client, rsa: DemarcheSuivie) -> None:
        """Neither: 422, and nothing is filed; both: which one?"""
        not_declared()
        assert desk.post(address(rsa), SENT).status_code == 422
        both = {**SENT, "receipt": ContentFile(png(), "a.png"), "no_receipt_reason": "not_given"}
        assert desk.post(address(rsa), both).status_code == 422
        rsa.refresh_from_db()
        assert (rsa.state, Depot.objects.count()) == (DemarcheState.OPEN, 0)
        desk.post(address(rsa), {**SENT, "no_receipt_reason": "by_post"})
        rsa.refresh_from_db()
        assert rsa.state is DemarcheState.FILED
        page = desk.get(f"/demarches/{rsa.public_id}/").content.decode()
        assert "il arrivera par la poste" in page

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"x" * 11_000_000, "10 Mo"), (b"<html>", "Seuls les PDF"), (png(end=b"PK\x03\x04"), "cache un autre"),
            (png(60_000, 60_000, dots=b"\x00"), "trop grand"),
        ],
    )  # fmt: skip
    def test_a_bad_file_is_refused_in_words(
        self, desk: Client, rsa: DemarcheSuivie, content: bytes, words: str
    ) -> None:
        """S-45: too heavy, a page, a polyglot, a bomb."""
        answer = desk.post(address(rsa), {**SENT, "receipt": ContentFile(content, "a.pdf")})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert Depot.objects.count() == 0

    def test_the_action_and_the_database_ask_too(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        for wrong in (
            filing(receipt=None),
            filing(no_receipt_reason=NoReceipt.FAILED),
            filing(receipt=None, no_receipt_reason="parce que"),
        ):
            with pytest.raises(AccompagnementRefused, match="preuve"):
                file_demarche(acteur=acteur, demarche_suivie=rsa, filing=wrong, at=at)
        depot = file_demarche(acteur=acteur, demarche_suivie=rsa, filing=filing(), at=at)
        depot.receipt = None
        sentence = "depot_has_a_receipt_or_says_why_not"
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            depot.save()

    def test_twice_is_once(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        """S-24."""
        key = uuid4()
        first = file_demarche(acteur=acteur, demarche_suivie=rsa, filing=filing(), at=at, key=key)
        again = file_demarche(acteur=acteur, demarche_suivie=rsa, filing=filing(), at=at, key=key)
        assert first == again
        assert Depot.objects.count() == 1

    def test_is_closed_to_the_other_structure(
        self, acteur: Acteur, rsa: DemarcheSuivie, charlie: Affectation, client_of: ClientOf, at: datetime
    ) -> None:  # fmt: skip
        """S-40."""
        depot = file_demarche(acteur=acteur, demarche_suivie=rsa, filing=filing(), at=at)
        answer = client_of(charlie).get(f"/demarches/preuves/{depot.public_id}/")
        assert answer.status_code == 404

    def test_a_demarche_closed_is_not_filed(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        close_demarche(acteur=acteur, demarche_suivie=rsa, outcome=Outcome.WITHDRAWN, at=at)
        with pytest.raises(AccompagnementRefused, match="Rouvrez-la"):
            file_demarche(acteur=acteur, demarche_suivie=rsa, filing=filing(), at=at)


class TestInTheirPlace:
    @pytest.mark.parametrize(("mode", "presence"), list(product(Mode, Presence)))
    def test_without_a_mandat_only_what_needs_none(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, mode: Mode, presence: Presence
    ) -> None:
        """P-05: all combinations, for someone identified and without a mandat."""
        sent = filing(way=Way(mode, presence))
        if presence is Presence.ABSENCE:
            with pytest.raises(AccompagnementRefused):
                file_demarche(acteur=acteur, demarche_suivie=rsa, filing=sent, at=at)
        else:
            assert file_demarche(acteur=acteur, demarche_suivie=rsa, filing=sent, at=at)

    def test_in_their_absence_the_mandat_must_say_so(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-05: present only; then absent allowed, and the line used is kept."""
        sent = filing(way=Way(Mode.A_SA_PLACE, Presence.ABSENCE))
        signed_mandat(acteur, rose, [f"demarche:{RSA}"], at=at)
        with pytest.raises(AccompagnementRefused, match="Aucun mandat"):
            file_demarche(acteur=acteur, demarche_suivie=rsa, filing=sent, at=at)
        later = at + timedelta(minutes=5)
        mandat = signed_mandat(
            acteur, rose, [f"demarche:{RSA}"], ways=("presence", "absence"), at=later
        )
        before = rose.last_contact_at
        file_demarche(
            acteur=acteur, demarche_suivie=rsa, filing=sent, at=later + timedelta(minutes=5)
        )
        rsa.refresh_from_db()
        rose.refresh_from_db()
        assert rsa.autorisation is not None
        assert rsa.autorisation.mandat == mandat
        assert rose.last_contact_at < later + timedelta(minutes=5)
        assert before <= rose.last_contact_at

    def test_not_for_someone_who_only_said_their_name_nor_for_nobody(
        self, acteur: Acteur, catalogue: None, at: datetime
    ) -> None:
        """P-32: beside them, yes; in their place, no."""
        wanted = Wanted(demarche=Demarche.objects.select_related("theme").get(slug=RSA))
        andrei = declare_usager(acteur=acteur, given_names="Andrei", family_name="Popescu", at=at)
        row = follow_demarche(acteur=acteur, wanted=wanted, usager=andrei, at=at)
        nobody = follow_demarche(acteur=acteur, wanted=wanted, at=at)
        place = filing(way=Way(Mode.A_SA_PLACE, Presence.PRESENCE))
        with pytest.raises(AccompagnementRefused, match="seulement dit son nom"):
            file_demarche(acteur=acteur, demarche_suivie=row, filing=place, at=at)
        with pytest.raises(AccompagnementRefused, match="de qui il s’agit"):
            file_demarche(acteur=acteur, demarche_suivie=nobody, filing=place, at=at)
        assert file_demarche(acteur=acteur, demarche_suivie=row, filing=filing(), at=at)
        assert file_demarche(acteur=acteur, demarche_suivie=nobody, filing=filing(), at=at)

    def test_not_for_someone_frozen(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-36."""
        freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)
        place = filing(way=Way(Mode.A_SA_PLACE, Presence.PRESENCE))
        with pytest.raises(AccompagnementRefused):
            file_demarche(acteur=acteur, demarche_suivie=rsa, filing=place, at=at)
