from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tandem.accompagnements.actions import purge_follow_up
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import FOLLOW_UP_KEPT
from tandem.declarations import actions
from tandem.declarations.models import Declaration
from tandem.declarations.queries import next_due
from tandem.declarations.rules import State
from tandem.declarations.tests.factories import agreed, fetched, filled, prepared, sent
from tandem.echeances.tests.story import followed
from tandem.fiches.actions import write_version
from tandem.fiches.rules import Texts
from tandem.fichiers.tests.samples import pdf
from tandem.impression.tests.test_pdf import words_of
from tandem.journal.models import Entry
from tandem.mandats.tests.factories import signed_mandat
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }} #import \u202e"


def address(name: str, row: Declaration) -> str:
    return reverse(f"declarations:{name}", args=[row.public_id])


def says(answer: Any) -> str:
    """The words of a page, with plain spaces."""
    return str(answer.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def posted(row: Declaration, **changes: str) -> dict[str, str]:
    """What the page of values sends."""
    return {
        "based_on": str(row.number),
        "period_start": row.period_start.isoformat(),
        "provenance": "dit",
        "v-salaire-0-0": "1 234,50 €",
        **changes,
    }


class TestPerson:
    def test_prepares_a_declaration_in_one_form(
        self, hers: Client, rose: Usager, acteur: Acteur
    ) -> None:
        page = reverse("declarations:of_person", args=[rose.public_id])
        assert "Faire la déclaration trimestrielle du RSA" in says(hers.get(page))

        answer = hers.post(page, {"demarche": "caf-declaration-trimestrielle-rsa"})

        row = Declaration.objects.get()
        assert answer["Location"] == address("fill", row)
        assert hers.post(page, {}).status_code == 422

    def test_costs_the_same_for_one_and_for_twenty(
        self, hers: Client, acteur: Acteur, rose: Usager, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """Law 12."""
        page = reverse("declarations:of_person", args=[rose.public_id])
        sent(acteur, prepared(acteur, rsa, at=at), at=at)
        counts = []
        for _round in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert hers.get(page).status_code == 200
            counts.append(len(queries))
            for n in range(1, 11):
                later = at + timedelta(days=92 * n)
                sent(acteur, prepared(acteur, rsa, at=later), at=later)
        assert counts[0] == counts[1] <= 16

    def test_a_demarche_followed_leads_to_its_declaration(
        self, hers: Client, acteur: Acteur, rose: Usager, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        answer = hers.post(reverse("declarations:prepare", args=[rsa.public_id]))
        assert answer["Location"] == address("fill", Declaration.objects.get())
        other = followed(acteur, rose, at=at, slug="caf-rsa-demande")
        refused = hers.post(reverse("declarations:prepare", args=[other.public_id]))
        assert refused["Location"] == other.get_absolute_url()
        nameless = followed(acteur, None, at=at, slug="declaration-revenus")
        gone = hers.post(reverse("declarations:prepare", args=[nameless.public_id]))
        assert gone.status_code == 404


class TestFill:
    def test_reads_amounts_as_they_are_typed_and_goes_to_read_back(
        self, hers: Client, row: Declaration
    ) -> None:
        answer = hers.post(address("fill", row), posted(row))

        assert answer["Location"] == address("read_back", row)
        assert fetched(row).says[0].number == 123450

    @pytest.mark.parametrize("amount", ["-5", "1e99", "1,234.50", HOSTILE, "9" * 60, "12\x0034"])
    def test_refuses_what_is_no_amount_and_keeps_what_was_typed(
        self, hers: Client, row: Declaration, amount: str
    ) -> None:
        answer = hers.post(
            address("fill", row), posted(row, **{"v-salaire-0-0": amount, "v-salaire-0-1": "77"})
        )

        assert answer.status_code == 422
        assert 'value="77"' in says(answer)
        assert "<script>alert(1)" not in says(answer)
        assert fetched(row).number == 0

    def test_refuses_a_value_without_origin_unless_it_is_kept_for_later(
        self, hers: Client, row: Declaration
    ) -> None:
        """P-17."""
        answer = hers.post(address("fill", row), posted(row, provenance=""))
        assert answer.status_code == 422
        assert "aucune ne part sans son origine" in says(answer)
        assert fetched(row).number == 0

        later = hers.post(address("fill", row), posted(row, provenance="", later="1"))
        assert later["Location"] == address("detail", row)
        assert fetched(row).unsourced == 1
        assert "Des valeurs n’ont pas encore d’origine" in says(hers.get(address("read_back", row)))

    def test_refuses_a_secret_in_words_and_journals_the_choice(
        self, hers: Client, row: Declaration
    ) -> None:
        """P-12, S-23."""
        secret = posted(row, **{"v-changement-0-0": "mot de passe : Soleil2024!"})
        answer = hers.post(address("fill", row), secret)
        assert answer.status_code == 422
        assert "mot de passe" in says(answer)

        hers.post(address("fill", row), {**secret, "not_a_secret": "password"})
        facts = Entry.objects.get(event="declarations.values_saved").facts
        assert facts["secret_override"] == ["password"]

    def test_shows_the_former_values_beside_and_takes_them_in_one_gesture(
        self, hers: Client, acteur: Acteur, rsa: DemarcheSuivie, row: Declaration, at: datetime
    ) -> None:
        sent(acteur, row, at=at)
        coming = prepared(acteur, rsa, at=at)
        page = says(hers.get(address("fill", coming)))
        assert "Dernière fois : 412,50 €" in page
        assert "Piège :" in page
        assert "Comme la dernière fois, redit par la personne" in page

        answer = hers.post(address("copy", coming))

        assert answer["Location"] == address("fill", coming)
        page = says(hers.get(address("fill", coming)))
        assert 'value="412,50"' in page
        assert "Comme la dernière fois, redit par la personne" not in page

    def test_says_when_someone_else_changed_it(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        sending = posted(row)
        filled(acteur, row, at=at)
        answer = hers.post(address("fill", row), sending)
        assert answer.status_code == 422
        assert "a changé entre-temps" in says(answer)

    def test_a_line_is_left_to_the_person_and_taken_back(
        self, hers: Client, acteur: Acteur, row: Declaration
    ) -> None:
        """P-18."""
        assert hers.post(address("leave", row), {}).status_code == 422
        hers.post(address("leave", row), {"line": "salaire"})
        assert 'name="v-salaire-0-0"' not in says(hers.get(address("fill", row)))
        assert "est laissée à la personne" in says(hers.get(address("leave", row)))
        back = says(hers.get(address("read_back", row)))
        assert "Cette ligne n’est pas remplie ici. Vous pouvez la remplir vous-même." in back

        hers.post(address("resume", row), {"line": "salaire"})
        assert 'name="v-salaire-0-0"' in says(hers.get(address("fill", row)))

    def test_a_person_added_has_lines(self, hers: Client, rose: Usager, row: Declaration) -> None:
        answer = hers.post(address("fill", row), posted(row, added_person="Paul"))
        assert answer["Location"] == address("fill", row)
        page = says(hers.get(address("fill", row)))
        assert "Salaires – Paul" in page
        assert f"Salaires – {rose.display_name}" in page


class TestReadBack:
    def test_says_every_value_every_origin_and_what_is_not_declared(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """A-16, P-30."""
        filled(acteur, row, at=at)
        page = says(hers.get(address("read_back", row)))

        assert 'data-read-aloud="relecture"' in page
        name = row.usager.display_name
        assert (
            f"{name}, voici ce que nous allons envoyer : CAF, de juillet à septembre 2026." in page
        )
        assert "Juillet 2026 : 412,50 €" in page
        assert "Lu sur un document : fiches de paie" in page
        assert "Rien n’est déclaré pour" in page
        assert "Oui, de vive voix, présente" in page

    def test_what_nobody_declares_is_said_once(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """A-16: short enough to be listened to."""
        filled(acteur, row, at=at, added_person="Elena")
        page = says(hers.get(address("read_back", row)))
        assert "<li>Salaires – Elena</li>" in page
        assert page.count("<li>Chômage</li>") == 1

    def test_is_printed_in_large_type_whatever_was_typed(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """A-16, S-29: nothing of what was typed is code."""
        filled(acteur, row, at=at, origin=("document", HOSTILE))
        answer = hers.get(address("paper", row))

        assert answer["Content-Disposition"] == 'inline; filename="declaration.pdf"'
        words = words_of(answer.content)
        assert "412,50" in words
        assert "#import" in words

    def test_the_yes_of_the_person_opens_the_sending(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """P-17."""
        number = filled(acteur, row, at=at).number
        assert hers.post(address("read_back", row), {"number": number}).status_code == 422
        stale = hers.post(address("read_back", row), {"number": 0, "how": "present"})
        assert stale.status_code == 422

        answer = hers.post(address("read_back", row), {"number": number, "how": "telephone"})

        assert answer["Location"] == address("send", row)
        assert fetched(row).assent_how == "telephone"


class TestSend:
    SENT = {"means": "online", "mode": "ensemble", "presence": "presence"}

    def test_keeps_the_receipt_and_notes_the_next_one(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        filled(acteur, row, at=at)
        refused = hers.post(address("send", row), {**self.SENT, "no_receipt_reason": "failed"})
        assert refused.status_code == 422
        assert "pas encore dit oui" in says(refused)
        agreed(acteur, row, at=at)
        assert hers.post(address("send", row), self.SENT).status_code == 422
        proof = ContentFile(pdf(), "accuse.pdf")

        answer = hers.post(address("send", row), {**self.SENT, "receipt": proof}, follow=True)

        page = says(answer)
        assert "C’est envoyé. La prochaine déclaration est notée." in page
        assert "Télécharger la preuve" in page
        assert "28 février 2027" in page
        assert fetched(row).state == State.FILED
        due = next_due(fetched(row).demarche_suivie)
        assert due is not None
        # The day, when it comes, leads to what there is to do.
        person = reverse("declarations:of_person", args=[row.usager.public_id])
        assert person in says(hers.get(due.get_absolute_url()))

    def test_warns_when_the_mandat_ends_before_the_next_one(
        self, hers: Client, acteur: Acteur, rose: Usager, row: Declaration, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, ("theme:social",), at=at)
        filled(acteur, row, at=at)
        agreed(acteur, row, at=at)

        page = says(hers.get(address("send", row)))

        assert "Le mandat finira avant la prochaine déclaration" in page
        assert mandat.get_absolute_url() in page
        assert "Le mandat finira" in says(hers.get(address("detail", row)))


class TestRepair:
    def test_says_what_was_sent_whom_to_call_and_begins_the_correction(
        self, hers: Client, acteur: Acteur, row: Declaration, at: datetime
    ) -> None:
        """« J'ai voulu faire ma déclaration mais je ne sais pas ce que j'ai fait. »"""
        demarche = Demarche.objects.get(slug="caf-declaration-trimestrielle-rsa")
        texts = Texts(correspondents="Point relais du mardi")
        write_version(acteur=acteur, demarche=demarche, texts=texts, based_on=0, key=uuid4(), at=at)
        sent(acteur, row, at=at)
        page = says(hers.get(address("repair", row)))
        assert "412,50 €" in page
        assert "3230" in page
        assert "Point relais du mardi" in page
        assert "À vérifier." in page

        answer = hers.post(address("repair", row))

        correction = Declaration.objects.get(corrects=row)
        assert answer["Location"] == address("fill", correction)
        page = says(hers.get(address("fill", correction)))
        assert "Corriger la déclaration" in page
        hers.post(address("fill", correction), posted(correction, **{"v-salaire-0-0": "500"}))
        back = says(hers.get(address("read_back", correction)))
        assert "Salaires, juillet 2026 : 500 € au lieu de 412,50 €" in back

        letter = hers.post(address("lettre", correction), follow=True)
        assert "500 € au lieu de 412,50 €" in says(letter)
        assert "Continuer la correction" in says(hers.get(address("repair", row)))

    def test_what_is_not_sent_is_changed_and_not_corrected(
        self, hers: Client, row: Declaration
    ) -> None:
        assert "changez-la" in says(hers.get(address("repair", row)))
        for name in ("repair", "lettre"):
            answer = hers.post(address(name, row))
            assert answer["Location"] == address("detail", row)

    def test_what_the_person_sent_alone_is_copied_first(
        self, hers: Client, row: Declaration
    ) -> None:
        answer = hers.post(address("alone", row))
        assert answer["Location"] == address("fill", row)
        assert "Ce que montre le site" in says(hers.get(address("fill", row)))
        copied = hers.post(address("fill", row), posted(fetched(row), provenance="service"))
        assert copied["Location"] == address("detail", row)
        assert "1 234,50 €" in says(hers.get(address("repair", row)))


class TestErasure:
    def test_goes_with_the_person(
        self, acteur: Acteur, rose: Usager, row: Declaration, bea: Affectation, as_acteur: ActeurOf,
        at: datetime,
    ) -> None:  # fmt: skip
        """P-22: the declarations, their corrections, their receipts."""
        sent(acteur, row, at=at)
        actions.begin_correction(acteur=acteur, declaration=row, at=at)
        erase_usager(acteur=as_acteur(bea), usager=rose, at=at)
        assert not Declaration.objects.exists()

    def test_goes_two_years_after_the_last_contact(
        self, acteur: Acteur, rose: Usager, row: Declaration, at: datetime
    ) -> None:
        """P-20, P-21."""
        sent(acteur, row, at=at)
        rose.refresh_from_db()
        limit = rose.last_contact_at + FOLLOW_UP_KEPT
        purge_follow_up(at=limit - timedelta(seconds=1))
        assert Declaration.objects.count() == 2
        purge_follow_up(at=limit)
        assert not Declaration.objects.exists()
