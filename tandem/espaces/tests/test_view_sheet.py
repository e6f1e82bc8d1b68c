"""The sheet the person takes home after a visit."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tandem.accompagnements.actions import Wanted, follow_demarche
from tandem.accompagnements.models import DemarcheSuivie, Piece
from tandem.declarations.queries import next_due
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind
from tandem.echeances.tests import story
from tandem.espaces.sheet import languages
from tandem.espaces.tests.people import ClientOf
from tandem.journal.models import Entry
from tandem.kernel import clock
from tandem.mandats.tests.factories import signed_mandat
from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation
from tandem.ui.rules import date_words
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not there")


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture
def followed(
    alice: Affectation, rose: Usager, as_acteur: Callable[[Affectation], Acteur]
) -> DemarcheSuivie:
    """Opened now: what is said of today."""
    if not Demarche.objects.exists():
        load_catalogue()
    rsa = Demarche.objects.get(slug="caf-rsa-demande")
    return follow_demarche(
        acteur=as_acteur(alice), wanted=Wanted(demarche=rsa), besoin=None, usager=rose, key=uuid4(), at=clock.now()
    )  # fmt: skip


def page(rose: Usager, version: str = "") -> str:
    return reverse("espaces:sheet", args=[rose.public_id]) + (
        f"?version={version}" if version else ""
    )


class TestTheSheet:
    def test_says_what_was_done_what_comes_and_what_to_bring(
        self, alice: Affectation, rose: Usager, followed: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        html = client_of(alice).get(page(rose)).content.decode()
        assert f"{rose.display_name}, cette feuille est pour vous" in html
        assert f"Nous commençons\xa0: {followed.name}." in html
        assert Piece.objects.filter(demarche_suivie=followed).exists()
        for piece in Piece.objects.filter(demarche_suivie=followed):
            assert piece.label in html
        assert alice.compte.full_name in html
        assert rose.structure.name in html

    def test_says_first_that_there_is_nothing_to_do(
        self, alice: Affectation, rose: Usager, followed: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        Piece.objects.all().delete()
        DemarcheSuivie.objects.update(next_move="administration")
        html = client_of(alice).get(page(rose)).content.decode()
        assert html.index("Rien à faire pour vous maintenant") < html.index("On attend la réponse")

    def test_carries_no_number_of_ours(
        self, alice: Affectation, rose: Usager, followed: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        """P-30: the name, what was done, never an identifier."""
        html = client_of(alice).get(page(rose)).content.decode()
        said = re.sub(r"<[^>]+>", " ", html[html.index('id="document"') :])
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", said)
        assert not re.search(r"n°|#\d", said)

    def test_says_how_to_stop_when_someone_may_act(
        self,
        alice: Affectation,
        rose: Usager,
        client_of: ClientOf,
        as_acteur: Callable[[Affectation], Acteur],
    ) -> None:
        browser = client_of(alice)
        assert "Pour tout arrêter" not in browser.get(page(rose)).content.decode()
        signed_mandat(as_acteur(alice), rose, ("theme:papiers",), at=clock.now())
        html = browser.get(page(rose)).content.decode()
        assert "Vous avez signé un mandat" in html
        assert "Pour tout arrêter" in html

    def test_is_a_reading_that_leaves_a_line(
        self, alice: Affectation, rose: Usager, client_of: ClientOf
    ) -> None:
        """P-11."""
        client_of(alice).get(page(rose))
        assert Entry.objects.filter(event="usagers.read", about=rose.public_id).count() == 1

    def test_says_only_today(
        self, alice: Affectation, rose: Usager, followed: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        followed.etapes.update(at=clock.now() - timedelta(days=2))
        html = client_of(alice).get(page(rose)).content.decode()
        assert "Nous commençons" not in html

    def test_asks_the_same_queries_at_any_size(
        self, alice: Affectation, rose: Usager, client_of: ClientOf, as_acteur: Callable[[Affectation], Acteur],
        followed: DemarcheSuivie, django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:  # fmt: skip
        wanted = Wanted(demarche=Demarche.objects.get(slug="caf-rsa-demande"))
        for _turn in range(12):
            follow_demarche(
                acteur=as_acteur(alice), wanted=wanted, besoin=None, usager=rose, key=uuid4(), at=clock.now()
            )  # fmt: skip
        browser = client_of(alice)
        with django_assert_max_num_queries(24):
            browser.get(page(rose))


class TestTheNextDeclaration:
    """What costs a right when it is forgotten goes home with the person."""

    SENT = datetime(2026, 11, 3, 10, tzinfo=UTC)

    @pytest.fixture
    def sent(self, rose: Usager, acteur: Acteur) -> DemarcheSuivie:
        """The quarterly declaration of RSA, gone on 3 November: the next one by the end of February."""
        load_catalogue()
        row = story.followed(acteur, rose, at=self.SENT, slug="caf-declaration-trimestrielle-rsa")
        return story.filed(acteur, row, at=self.SENT)

    @pytest.mark.parametrize("version", ["fr", "facile", *languages()])
    def test_is_said_with_its_day_in_each_language(
        self, alice: Affectation, rose: Usager, sent: DemarcheSuivie, client_of: ClientOf, version: str
    ) -> None:  # fmt: skip
        """P-35."""
        due = next_due(sent)
        assert due is not None
        with time_machine.travel(self.SENT, tick=False):
            html = client_of(alice).get(page(rose, version)).content.decode()
        told = f"Votre prochaine déclaration «\xa0{sent.name}\xa0» est à faire avant le {date_words(due.due_on)}."
        assert html.count(told) == 1
        assert "déclaration à faire" not in html
        if version in languages():
            said = languages()[version]
            day = said.day_words(due.due_on)
            assert str(due.due_on.day) in day
            assert str(due.due_on.year) in day
            assert said.months[due.due_on.month - 1] in day
            assert said.declaration.format(day=day) in html

    def test_that_is_late_leaves_something_to_do(
        self, alice: Affectation, rose: Usager, sent: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        due = next_due(sent)
        assert due is not None
        Echeance.objects.filter(pk=due.pk).update(due_on=self.SENT.date() - timedelta(days=1))
        Piece.objects.all().delete()
        with time_machine.travel(self.SENT, tick=False):
            html = client_of(alice).get(page(rose, "en")).content.decode()
        assert "Venez vite nous voir" in html
        assert languages()["en"].late in html
        assert "Rien à faire pour vous" not in html

    def test_of_two_is_the_nearest_and_the_other_stays_a_date(
        self, alice: Affectation, acteur: Acteur, rose: Usager, sent: DemarcheSuivie, client_of: ClientOf
    ) -> None:  # fmt: skip
        due = next_due(sent)
        assert due is not None
        later = due.due_on + timedelta(days=90)
        story.noted(
            acteur, sent, later, at=self.SENT, kind=EcheanceKind.DECLARATION, title="Celle d’après"
        )
        with time_machine.travel(self.SENT, tick=False):
            html = client_of(alice).get(page(rose)).content.decode()
        assert html.count("Votre prochaine déclaration") == 1
        assert f"Le {date_words(later)}" in html

    def test_is_not_the_renewal_of_a_right(
        self, alice: Affectation, acteur: Acteur, rose: Usager, sent: DemarcheSuivie, client_of: ClientOf
    ) -> None:  # fmt: skip
        Echeance.objects.filter(demarche_suivie=sent).update(rule="regle-de-renouvellement")
        with time_machine.travel(self.SENT, tick=False):
            html = client_of(alice).get(page(rose)).content.decode()
        assert "Votre prochaine déclaration" not in html
        assert "déclaration à faire" in html


class TestLanguages:
    @pytest.mark.parametrize("code", list(languages()))
    def test_stand_above_the_french(
        self, alice: Affectation, rose: Usager, client_of: ClientOf, code: str
    ) -> None:
        """P-35: their language where a text exists."""
        said = languages()[code]
        html = client_of(alice).get(page(rose, code)).content.decode()
        assert f'lang="{code}" dir="{said.direction}"' in html
        assert said.intro in html
        assert "cette feuille est pour vous" in html

    def test_that_do_not_exist_give_the_french(
        self, alice: Affectation, rose: Usager, client_of: ClientOf
    ) -> None:
        html = client_of(alice).get(page(rose, "../../etc/passwd")).content.decode()
        assert "cette feuille est pour vous" in html

    def test_of_the_easy_version_have_a_drawing_for_each_idea(
        self, alice: Affectation, rose: Usager, followed: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        html = client_of(alice).get(page(rose, "facile")).content.decode()
        assert html.count('class="idea"') >= 2


@POPPLER
class TestThePdf:
    @pytest.mark.parametrize("version", ["fr", "facile", "ar"])
    def test_says_the_same_as_the_page(
        self,
        alice: Affectation,
        rose: Usager,
        followed: DemarcheSuivie,
        client_of: ClientOf,
        version: str,
    ) -> None:
        """A-08."""
        address = reverse("espaces:sheet_pdf", args=[rose.public_id])
        answer = client_of(alice).get(f"{address}?version={version}")
        assert answer["Content-Type"] == "application/pdf"
        words = text_of(answer.content)
        assert rose.display_name.split()[0] in words
        assert followed.name in " ".join(words.split())


@POPPLER
class TestHostileWords:
    def test_are_printed_as_they_are(
        self, alice: Affectation, rose: Usager, followed: DemarcheSuivie, client_of: ClientOf
    ) -> None:
        followed.next_move = "person"
        followed.asked = '#import "x" <script>alert(1)</script> $x$ *'
        followed.save()
        browser = client_of(alice)
        assert "<script>alert(1)" not in browser.get(page(rose)).content.decode()
        answer = browser.get(reverse("espaces:sheet_pdf", args=[rose.public_id]))
        assert "<script>alert(1)</script>" in text_of(answer.content)
