"""Documents say what was signed, once and for all, and nothing of our own numbers."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from tandem.documents.pdf import TEMPLATE, document_pdf, verification_address
from tandem.documents.queries import UnknownDocument, document_of, paper_of
from tandem.documents.rules import Document
from tandem.documents.words import DocumentGone, birth_words
from tandem.mandats.actions import record_use, revoke_autorisation, revoke_mandat
from tandem.mandats.models import Mandat
from tandem.mandats.queries import code_words, kinds_of
from tandem.mandats.snapshot import SnapshotError
from tandem.mandats.tests.factories import line_of, signed_mandat
from tandem.structures.models import Acteur, Structure
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
SCOPES = ["theme:logement", "demarche:caf-rsa-demande"]


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Mandat:
    return signed_mandat(acteur, rose, SCOPES, ways=("presence", "absence"), at=at)


def words_of(document: Document) -> str:
    """Everything the document says, in order."""
    said = [document.title]
    for part in document.parts:
        said += [part.text, *part.details, *(f"{label} {value}" for label, value in part.rows)]
        said += [block.text for block in part.blocks]
    return "\n".join(said)


def use(acteur: Acteur, mandat: Mandat, *, at: datetime, **changes: str) -> None:
    given: dict[str, Any] = {
        "presence": "presence", "absence_reason": "", "service_declared": "Mon espace CAF",
    }  # fmt: skip
    record_use(
        acteur=acteur,
        autorisation=line_of(mandat, "demarche:caf-rsa-demande"),
        relying_party="franceconnect",
        transaction=uuid4(),
        confirmation=None,
        at=at,
        **(given | changes),
    )


class TestMandatDocument:
    def test_states_everything(self, mandat: Mandat, at: datetime) -> None:
        """P-01: who, for what, how, until when, which channel, how to stop, which text."""
        words = words_of(document_of(mandat, "mandat", at=at))

        for said in (
            "Rose Marie", "Lefèvre", "12 mars 1955", "CCAS de Valmont", "SIRET", "Tous les aidants habilités",
            "Logement", "Demander le RSA", "en l’absence de la personne", "3 décembre 2026", "Sur papier",
            "Au guichet", "FranceConnect", "version 2026-11", "Ce que vous acceptez en signant",
        ):  # fmt: skip
            assert said in words.replace("\N{NO-BREAK SPACE}", " "), said

    def test_is_the_same_text_whatever_happens_after(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        """P-03: rendered from the snapshot, never from live data; the same bytes three years later."""
        before = document_pdf(document_of(mandat, "mandat", at=at))

        Structure.objects.update(name="Autre nom", phone="0000000000", timezone="Indian/Reunion")
        Usager.objects.filter(pk=mandat.usager.pk).update(rung="declare")
        revoke_mandat(acteur=acteur, mandat=mandat, at=at + timedelta(days=1))
        mandat = Mandat.objects.get(pk=mandat.pk)
        later = at + timedelta(days=1000)

        assert document_pdf(document_of(mandat, "mandat", at=later)) == before

    def test_has_an_easy_version_with_the_same_seal(self, mandat: Mandat, at: datetime) -> None:
        """A-09: same seal, same value; says that people concerned have not read it again."""
        standard = document_of(mandat, "mandat", at=at)
        easy = document_of(mandat, "mandat-facile", at=at)

        assert easy.seal == standard.seal == mandat.seal
        assert easy.code == standard.code
        assert easy.snapshot == standard.snapshot
        assert "ne l’ont pas encore relue" in words_of(easy)
        assert "vaut autant" in words_of(easy)
        ideas = [part for part in easy.parts if part.kind == "idea"]
        assert all(idea.pictogram and len(idea.text.split()) <= 15 for idea in ideas)

    def test_shows_the_text_that_was_read_beside_the_one_signed(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-03: the proof holds what was shown, in its language."""
        mandat = signed_mandat(
            acteur, rose, at=at, text_name="ar", reader="interpreter", interpreter="Mme Haddad"
        )
        document = document_of(mandat, "mandat", at=at)

        shown = [(part.language, part.direction) for part in document.parts if part.kind == "text"]
        assert shown == [("fr", "ltr"), ("ar", "rtl")]
        assert "Mme Haddad" in words_of(document)

    def test_is_explained_in_other_languages_without_proving_anything(
        self, mandat: Mandat, at: datetime
    ) -> None:
        names = [kind for kind, _label in kinds_of(mandat) if kind.startswith("expl")]

        assert {"explication-ar", "explication-en"} <= set(names)
        for name in names:
            document = document_of(mandat, name, at=at)
            assert (document.seal, document.code, document.snapshot) == ("", "", "")
            assert document_pdf(document)

    def test_is_no_more_once_the_person_is_erased(self, mandat: Mandat, at: datetime) -> None:
        """P-22: the seal stays, the words are gone."""
        Mandat.objects.filter(pk=mandat.pk).update(erased_at=at)
        mandat.refresh_from_db()
        mandat.snapshot = ""

        with pytest.raises(DocumentGone) as caught:
            document_of(mandat, "mandat", at=at)
        assert caught.value.status == 404

    def test_is_not_made_of_a_changed_snapshot(self, mandat: Mandat, at: datetime) -> None:
        """S-35: the seal is checked before anything is shown."""
        mandat.snapshot = mandat.snapshot.replace("Rose", "Rosa")

        with pytest.raises(SnapshotError):
            document_of(mandat, "mandat", at=at)

    @pytest.mark.parametrize("kind", ["", "autre", "recu", "explication-fr", "explication-xx"])
    def test_refuses_what_does_not_exist(self, mandat: Mandat, kind: str, at: datetime) -> None:
        with pytest.raises(UnknownDocument):
            document_of(mandat, kind, at=at)


class TestPdf:
    def test_of_a_sealed_document_carries_its_snapshot_and_its_code(
        self, mandat: Mandat, at: datetime
    ) -> None:
        """S-35, A-08: the canonical snapshot attached; the seal and the code in letters."""
        document = document_of(mandat, "mandat", at=at)
        pdf = document_pdf(document)

        assert b"mandat.json" in pdf
        assert b"/AFRelationship/Source" in pdf
        assert b"<pdfaid:part>3</pdfaid:part>" in pdf
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
        assert json.loads(document.snapshot)["verification_code"] == document.code
        address = verification_address(document.code)
        assert address == "https://tandem.example" + reverse(
            "preuves:verify", args=[code_words(document.code)]
        )

    def test_can_begin_with_a_cover(self, mandat: Mandat, at: datetime) -> None:
        """P-29: initials only, on the cover, where asked."""
        document = document_of(mandat, "feuille", at=at)

        assert document.initials == "R. L."
        assert document_pdf(document, cover=True) != document_pdf(document)

    def test_survives_a_hostile_name(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """B.2 content injector: a name is never code."""
        hostile = '#panic() $ \\ "\u202e👩🏽‍🦽' + "x" * 5_000
        rose.given_names = rose.family_name = hostile
        rose.save()
        mandat = signed_mandat(acteur, rose, at=at)

        for kind, _label in kinds_of(mandat):
            assert document_pdf(document_of(mandat, kind, at=at))


class TestReceipt:
    def test_says_what_stopped_and_when(self, mandat: Mandat, acteur: Acteur, at: datetime) -> None:
        """P-38: a receipt in plain words."""
        later = at + timedelta(hours=3)
        revoke_mandat(acteur=acteur, mandat=mandat, at=later)
        mandat = Mandat.objects.get(pk=mandat.pk)

        words = words_of(document_of(mandat, "recu", at=later))

        assert "Plus personne ne peut agir pour Rose Lefèvre" in words
        assert "2 novembre 2026 à 13 h" in words.replace("\N{NO-BREAK SPACE}", " ")
        assert "Arrêté à la demande de la personne." in words
        assert "L’arrêt est immédiat" in words

    def test_names_only_the_line_that_stopped(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        later = at + timedelta(hours=3)
        revoke_autorisation(acteur=acteur, autorisation=line_of(mandat, SCOPES[1]), at=later)

        document = document_of(Mandat.objects.get(pk=mandat.pk), "recu", at=later)

        stopped = [part.text for part in document.parts if part.kind == "entry"]
        assert stopped == ["Demander le RSA"]
        assert "une partie" in document.title


class TestSheet:
    def test_says_what_was_done_what_comes_whom_to_call_and_how_to_stop(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        """P-30: the person's name, what was done, by whom; never a number of ours."""
        use(acteur, mandat, at=at + timedelta(hours=1))

        document = document_of(mandat, "feuille", at=at + timedelta(hours=2))
        words = words_of(document).replace("\N{NO-BREAK SPACE}", " ")

        assert "Rose Lefèvre" in words
        assert "Vous avez signé un mandat avec la structure CCAS de Valmont" in words
        assert "2 novembre 2026 à 11 h, par Alice Exemple, en présence de la personne" in words
        assert "Service, d’après l’aidant : Mon espace CAF." in words
        assert "jusqu’au 3 décembre 2026" in words
        assert "Au guichet de CCAS de Valmont" in words
        assert (document.seal, document.snapshot) == ("", "")

    def test_of_another_day_tells_that_day_only(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        use(acteur, mandat, at=at + timedelta(hours=1))

        words = words_of(document_of(mandat, "feuille", at=at + timedelta(days=1)))

        assert "Mon espace CAF" not in words
        assert "personne ne s’est connecté" in words

    def test_cuts_the_day_where_the_structure_is(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        """Midnight in Paris, not in Greenwich."""
        use(acteur, mandat, at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC))

        of_the_third = document_of(mandat, "feuille", at=datetime(2026, 11, 3, 20, 0, tzinfo=UTC))
        of_the_fourth = document_of(mandat, "feuille", at=datetime(2026, 11, 4, 8, 0, tzinfo=UTC))

        assert "Mon espace CAF" not in words_of(of_the_third)
        assert "Mon espace CAF" in words_of(of_the_fourth)

    def test_after_the_end_says_that_it_is_over(self, mandat: Mandat, at: datetime) -> None:
        words = words_of(document_of(mandat, "feuille", at=at + timedelta(days=60)))

        assert "Ce mandat est terminé" in words
        assert "Pour tout arrêter" not in words


class TestAccount:
    def test_says_that_it_does_not_hold_every_use(
        self, mandat: Mandat, acteur: Acteur, at: datetime
    ) -> None:
        """identity.md, decisions 5 and 10: the service is as declared; the journal does not claim all."""
        use(acteur, mandat, at=at + timedelta(hours=1))
        use(
            acteur,
            mandat,
            at=at + timedelta(hours=2),
            presence="absence",
            absence_reason="deadline",
        )

        words = words_of(document_of(mandat, "compte", at=at + timedelta(hours=3)))

        assert words.count("Service, d’après l’aidant : Mon espace CAF.") == 2
        assert "en l’absence de la personne" in words
        assert "celui que l’aidant a déclaré" in words
        assert "ne prétend pas contenir toutes les connexions" in words
        assert "30 minutes" in words

    def test_says_when_nothing_was_done(self, mandat: Mandat, at: datetime) -> None:
        words = words_of(document_of(mandat, "compte", at=at))
        assert "Aucune connexion" in words


class TestPaperOfDay:
    def test_names_one_act_and_one_day(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """P-06: a signed paper of the day, for one precise act."""
        mandat = signed_mandat(acteur, rose, ["theme:argent"], at=at)

        document = paper_of(
            line_of(mandat), act="Déclarer ses revenus", detail="revenus de 2025",
            grave=["déclarer des revenus"], at=at,
        )  # fmt: skip
        words = words_of(document).replace("\N{NO-BREAK SPACE}", " ")

        assert "Rose Lefèvre. Le 2 novembre 2026, je demande" in words
        assert "Déclarer ses revenus\nrevenus de 2025" in words
        assert "cet acte comprend : déclarer des revenus" in words
        assert "pour cet acte seulement, et pour ce jour seulement" in words
        assert document.snapshot == ""
        assert document_pdf(document)


class TestEveryDocument:
    def test_shows_no_number_of_ours(self, mandat: Mandat, acteur: Acteur, at: datetime) -> None:
        """P-30: no internal identifier; the seal and the code are there to be checked, not to name anyone."""
        use(acteur, mandat, at=at)
        revoke_mandat(acteur=acteur, mandat=mandat, at=at + timedelta(hours=1))
        mandat = Mandat.objects.get(pk=mandat.pk)
        ours = re.compile(
            r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}|theme:|demarche:|\b(franceconnect|piece_vue)\b"
        )

        for kind, _label in kinds_of(mandat):
            words = words_of(document_of(mandat, kind, at=at + timedelta(hours=2)))
            assert not ours.search(words), kind
            assert "None" not in words

    def test_is_drawn_by_the_page_and_by_the_paper_alike(self) -> None:
        """A-08: the HTML twin knows every kind of part that the PDF knows."""
        pages = TEMPLATE.parent.parent / "templates/documents"
        page = (pages / "_part.html").read_text(encoding="utf-8")
        # Neighbouring items make one list.
        page += (pages / "document.html").read_text(encoding="utf-8")
        paper = TEMPLATE.read_text(encoding="utf-8")

        kinds = set(re.findall(r'part\.kind == "(\w+)"', paper))
        assert set(re.findall(r'(?:part\.)?kind == "(\w+)"', page)) == kinds - {"blank"}


class TestBirthWords:
    @pytest.mark.parametrize(
        ("birthdate", "words"),
        [
            ("1955-03-01", "1er mars 1955"),
            ("1955-03-00", "en mars 1955"),
            ("1955-00-00", "en 1955"),
            ("", ""),
        ],
    )
    def test_hide_presumed_zeros(self, birthdate: str, words: str) -> None:
        """FI-12: a presumed day or month is not shown as a number."""
        assert birth_words(birthdate).replace("\N{NO-BREAK SPACE}", " ") == words
