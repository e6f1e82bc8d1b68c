"""A sheet signed by hand: noted, live; or brought by someone else, and answered for by two aidants."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tandem.comptes.actions import GestureRefused
from tandem.comptes.models import Gesture
from tandem.comptes.rules import GestureResponse
from tandem.documents.words import Statement
from tandem.journal.models import Entry
from tandem.mandats.actions import MandatRefused, NotAllowed, record_use
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.queries import autorisations_usable, verification
from tandem.mandats.tests.factories import verified
from tandem.papier import actions
from tandem.papier.actions.sheets import write_sheet
from tandem.papier.models import Sheet
from tandem.papier.queries import sheet_mark, sheet_of, sheets_waiting
from tandem.papier.rules import WAITS, Decision
from tandem.papier.tests.factories import noted_of, paper_draft, paper_mandat, waiting_sheet
from tandem.signature.actions import begin_identification, save_answers, sign_draft, take_road
from tandem.signature.actions.drafts import keep_identity
from tandem.signature.models import Draft
from tandem.signature.rules import Road
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.actions import UsagerRefused, declare_usager, vouch_for
from tandem.usagers.models import Usager
from tandem.usagers.tests.cast import GestureOf


def write(acteur: Acteur, draft: Draft, at: datetime, **changes: Any) -> Sheet:
    noted = noted_of(draft, at=at, **changes)
    return write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=None, at=at)


class TestASheetSignedBeforeTheAidant:
    def test_makes_a_mandat_like_another_with_its_seal_and_its_line(
        self, acteur: Acteur, draft: Draft, andrei: Usager, at: datetime
    ) -> None:
        """P-01, P-32."""
        mandat = write(acteur, draft, at).mandat

        assert mandat is not None
        assert (mandat.usager, mandat.consent_method, mandat.rung) == (andrei, "paper", "piece_vue")
        assert verification(mandat.verification_code, at=at).status == "valid"
        assert Autorisation.objects.active(at=at).get(mandat=mandat).scope == "theme:logement"
        noted = Entry.objects.get(event="papier.sheet_noted")
        assert noted.facts["absent"] is False
        assert Entry.objects.get(event="mandats.signed").facts["consent"] == "paper"

    def test_says_which_document_was_seen_by_whom_and_who_keeps_the_original(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """P-32, P-44: named as it is, by hand."""
        mandat = write(acteur, draft, at).mandat
        assert mandat is not None
        statement = Statement.of(mandat)

        assert statement["identity"]["piece"] == "passeport"
        assert statement["identity"]["piece_seen_by"] == acteur.compte.full_name  # type: ignore[union-attr]  # alice
        assert statement.paper["kept_by"] == "both"
        assert statement.paper["franceconnect"] is False
        assert "à la main" in statement.consent
        assert "électronique" not in mandat.snapshot

    def test_keeps_the_witness_of_a_mark_in_the_snapshot_encrypted(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """P-35."""
        named = {"witness": "Jeanne Kervella", "witness_quality": "sa voisine"}
        mandat = write(acteur, draft, at, hand="mark", **named).mandat
        assert mandat is not None

        paper = Statement.of(mandat).paper
        assert {name: paper[name] for name in named} == named

        with connection.cursor() as cursor:
            cursor.execute("SELECT snapshot FROM mandats_mandat")
            assert "Kervella" not in str(cursor.fetchone())
        assert "Kervella" not in str([entry.facts for entry in Entry.objects.order_by("pk")])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"hand": "mark"},
            {"hand": "mark", "witness": "Jeanne Kervella"},
            {"witness_quality": "sa voisine"},
            {"hand": "stamp"},
            {"kept_by": "nobody"},
        ],
    )
    def test_refuses_a_mark_without_witness_and_what_is_not_in_the_lists(
        self, acteur: Acteur, draft: Draft, at: datetime, wrong: dict[str, str]
    ) -> None:
        """P-35."""
        with pytest.raises(MandatRefused):
            write(acteur, draft, at, **wrong)
        assert not Mandat.objects.exists()

    def test_refuses_the_aidant_as_witness(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """P-35."""
        own = acteur.compte.full_name.upper()  # type: ignore[union-attr]  # alice
        with pytest.raises(actions.PaperRefused, match="témoin"):
            write(acteur, draft, at, hand="mark", witness=own, witness_quality="aidant")

    def test_refuses_a_sheet_that_is_not_this_draft_any_more(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """S-08: what was signed by hand is what is written, and nothing else."""
        noted = noted_of(draft, at=at)
        save_answers(acteur=acteur, draft=draft, at=at, contact_kind="paper", aidants=())
        draft.refresh_from_db()
        assert sheet_mark(draft, day=noted.signed_on) == noted.mark
        draft.content["presence"] = {"theme:logement": ["presence", "absence"]}
        draft.save()

        with pytest.raises(actions.PaperRefused, match="repère"):
            write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=None, at=at)

    def test_refuses_the_sheet_of_someone_else(
        self, acteur: Acteur, draft: Draft, andrei: Usager, at: datetime
    ) -> None:
        other = paper_draft(acteur, andrei, ["theme:social"], at=at)
        with pytest.raises(actions.PaperRefused):
            write(acteur, draft, at, mark=noted_of(other, at=at).mark)

    def test_ends_on_the_day_the_sheet_prints_whenever_it_is_noted(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """P-01: the last day is the one that was read."""
        noted = noted_of(draft, at=at)
        later = at + timedelta(hours=20)
        row = write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=None, at=later)

        assert row.mandat is not None
        assert (row.mandat.last_day - noted.signed_on).days == 31

    @pytest.mark.parametrize("days", [-1, 1])
    def test_refuses_a_day_before_the_printing_or_to_come(
        self, acteur: Acteur, draft: Draft, at: datetime, days: int
    ) -> None:
        with pytest.raises(MandatRefused):
            write(acteur, draft, at, signed_on=at.date() + timedelta(days=days))

    def test_needs_a_document_seen(self, acteur: Acteur, at: datetime) -> None:
        """P-32: neither what the person says nor being known is enough."""
        said = declare_usager(
            acteur=acteur, given_names="Amina", family_name="Haddad", birthdate="1970-01-01", at=at
        )
        draft = paper_draft(acteur, said, at=at)
        with pytest.raises(MandatRefused, match="pièce"):
            write(acteur, draft, at)
        vouch_for(acteur=acteur, usager=said, at=at)
        with pytest.raises(MandatRefused, match="pièce"):
            write(acteur, draft, at)
        assert not Mandat.objects.exists()

    def test_refuses_a_minor(self, acteur: Acteur, andrei: Usager, at: datetime) -> None:
        """P-33."""
        andrei.birthdate = "2010-01-01"
        andrei.save()
        with pytest.raises(UsagerRefused, match="majeure"):
            write(acteur, paper_draft(acteur, andrei, at=at), at)

    def test_refuses_a_person_who_is_protected(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """P-34."""
        draft = paper_draft(acteur, andrei, at=at, protected="protection")
        with pytest.raises(MandatRefused):
            write(acteur, draft, at)

    def test_is_closed_to_another_structure(
        self, charlie: Affectation, draft: Draft, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-10."""
        with pytest.raises(NotAllowed):
            write(as_acteur(charlie), draft, at)


class TestTheGesture:
    def test_is_asked_and_spent_once(
        self, acteur: Acteur, draft: Draft, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        """S-08, S-24: twice, one mandat."""
        noted = noted_of(draft, at=at)
        with pytest.raises(GestureRefused):
            actions.note_sheet(
                acteur=acteur, draft=draft, noted=noted, response=GestureResponse(), at=at
            )
        assert not Sheet.objects.exists()

        response = gesture(alice, at)
        first = actions.note_sheet(
            acteur=acteur, draft=draft, noted=noted, response=response, at=at
        )
        again = actions.note_sheet(
            acteur=acteur, draft=draft, noted=noted, response=response, at=at
        )
        assert first == again
        assert (Mandat.objects.count(), Sheet.objects.count()) == (1, 1)

    def test_is_not_spent_by_a_wrong_mark(
        self, acteur: Acteur, draft: Draft, alice: Affectation, gesture: GestureOf, at: datetime
    ) -> None:
        with pytest.raises(actions.PaperRefused):
            actions.note_sheet(
                acteur=acteur,
                draft=draft,
                noted=noted_of(draft, at=at, mark="3333-3333"),
                response=gesture(alice, at),
                at=at,
            )
        assert not Gesture.objects.exists()


class TestFranceConnect:
    def test_never_sees_a_mandat_signed_on_paper(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """P-32: neither offered, nor released, even once the person has FranceConnect."""
        line = paper_mandat(acteur, andrei, at=at).autorisations.get()
        for rung in ("piece_vue", "franceconnect"):
            Usager.objects.filter(pk=andrei.pk).update(rung=rung)
            Mandat.objects.update(rung=rung)
            assert not autorisations_usable(acteur=acteur, usager=andrei, at=at)
            with pytest.raises(MandatRefused):
                record_use(
                    acteur=acteur,
                    autorisation=line,
                    presence="presence",
                    absence_reason="",
                    service_declared="",
                    relying_party="franceconnect",
                    transaction=line.public_id,
                    confirmation=None,
                    at=at,
                )

    def test_does_not_identify_a_draft_on_paper(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:

        ways = {"binding": "b", "redirect_uri": "https://a/", "post_logout_uri": "https://a/"}
        with pytest.raises(MandatRefused, match="papier"):
            begin_identification(acteur=acteur, draft=draft, at=at, **ways)
        with pytest.raises(MandatRefused, match="papier"):
            keep_identity(acteur=acteur, draft=draft, verified=verified(), at=at)
        Draft.objects.filter(pk=draft.pk).update(identified_at=at)
        with pytest.raises(MandatRefused):
            sign_draft(acteur=acteur, draft=draft, gesture=None, at=at)
        assert not Mandat.objects.exists()

    def test_is_taken_again_without_typing_anything_again(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        back = take_road(acteur=acteur, draft=draft, road=Road.FRANCECONNECT, at=at)
        assert back.content["scopes"] == ["theme:logement"]
        assert back.content["road"] == "franceconnect"


class TestASheetBroughtBySomeoneElse:
    def test_allows_nothing_before_a_second_aidant(
        self, acteur: Acteur, andrei: Usager, at: datetime
    ) -> None:
        """S-20."""
        sheet = waiting_sheet(acteur, andrei, at=at)

        assert (sheet.decision, sheet.mandat) == (Decision.WAITING, None)
        assert not Mandat.objects.exists()
        assert list(sheets_waiting(acteur)) == [sheet]
        # P-21: nobody met the person.
        andrei.refresh_from_db()
        assert andrei.last_contact_at == at

    def test_is_live_once_a_colleague_answers_for_it_too(
        self, acteur: Acteur, andrei: Usager, bob: Affectation, as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-20: two names stand in the snapshot."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        later = at + timedelta(days=2)
        mandat = actions.confirm_sheet(
            acteur=as_acteur(bob), sheet=sheet, response=gesture(bob, later), at=later
        )

        statement = Statement.of(mandat)
        assert statement.paper["noted_by"] == acteur.compte.full_name  # type: ignore[union-attr]  # alice
        assert statement.aidant == bob.compte.full_name
        sheet.refresh_from_db()
        assert (sheet.decision, sheet.content, sheet.confirmed_by) == ("live", {}, bob)
        assert (mandat.last_day - at.date()).days == 31
        assert Entry.objects.filter(event="papier.sheet_confirmed").count() == 1

    def test_is_not_live_under_another_name_than_the_paper_s(
        self, acteur: Acteur, andrei: Usager, bob: Affectation, as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-35: corrected meanwhile, or brought to another file: what is sealed would not be what was signed."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        andrei.family_name = "POPOV"
        andrei.save()
        shown = gesture(bob, at)
        with pytest.raises(actions.PaperRefused, match="changé"):
            actions.confirm_sheet(acteur=as_acteur(bob), sheet=sheet, response=shown, at=at)
        assert not Mandat.objects.exists()

    def test_is_not_confirmed_by_who_noted_it(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, bob: Affectation, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """S-20."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        with pytest.raises(NotAllowed):
            actions.confirm_sheet(acteur=acteur, sheet=sheet, response=gesture(alice, at), at=at)
        with pytest.raises(NotAllowed):
            actions.refuse_sheet(acteur=acteur, sheet=sheet, at=at)
        assert not Mandat.objects.exists()

    def test_cannot_be_in_the_database_with_one_aidant(
        self, acteur: Acteur, andrei: Usager, alice: Affectation, at: datetime
    ) -> None:
        """S-20: enforced below the code."""
        mandat = paper_mandat(acteur, andrei, at=at)
        Sheet.objects.all().delete()
        sheet = waiting_sheet(acteur, andrei, at=at)
        for confirmed_by in (alice, None):
            with pytest.raises(IntegrityError), transaction.atomic():
                Sheet.objects.filter(pk=sheet.pk).update(
                    decision="live", decided_at=at, mandat=mandat, confirmed_by=confirmed_by
                )

    def test_is_not_decided_elsewhere(
        self,
        acteur: Acteur,
        andrei: Usager,
        charlie: Affectation,
        as_acteur: ActeurOf,
        gesture: GestureOf,
        at: datetime,
    ) -> None:
        sheet = waiting_sheet(acteur, andrei, at=at)
        stranger = as_acteur(charlie)
        assert not sheets_waiting(stranger).exists()
        with pytest.raises(NotAllowed):
            actions.confirm_sheet(
                acteur=stranger, sheet=sheet, response=gesture(charlie, at), at=at
            )

    def test_leaves_nothing_once_refused(
        self, acteur: Acteur, andrei: Usager, bob: Affectation, as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        sheet = waiting_sheet(acteur, andrei, at=at)
        row = actions.refuse_sheet(acteur=as_acteur(bob), sheet=sheet, at=at)

        assert (row.decision, row.content) == (Decision.REFUSED, {})
        with pytest.raises(actions.PaperRefused):
            actions.confirm_sheet(
                acteur=as_acteur(bob), sheet=sheet, response=gesture(bob, at), at=at
            )
        assert not Mandat.objects.exists()

    def test_is_forgotten_after_a_week(
        self, acteur: Acteur, andrei: Usager, bob: Affectation, as_acteur: ActeurOf, gesture: GestureOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-20."""
        sheet = waiting_sheet(acteur, andrei, at=at)
        assert actions.purge_papier(at=at + WAITS - timedelta(seconds=1)) == (0, 0)
        with pytest.raises(actions.PaperRefused):
            actions.confirm_sheet(
                acteur=as_acteur(bob), sheet=sheet, response=gesture(bob, at + WAITS), at=at + WAITS
            )
        assert actions.purge_papier(at=at + WAITS) == (1, 0)
        sheet.refresh_from_db()
        assert (sheet.decision, sheet.content) == (Decision.FORGOTTEN, {})


class TestTheSheetToPrint:
    def test_says_everything_and_has_neither_seal_nor_code(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """P-01, P-32."""
        document = sheet_of(acteur, draft, at=at)
        words = str(document.parts)

        for said in ("Andrei Popescu", "passeport", "FranceConnect", "témoin", "3 décembre 2026"):
            assert said in words.replace("\\xa0", " "), said
        assert sheet_mark(draft, day=at.date()) in words
        assert (document.seal, document.code, document.snapshot) == ("", "", "")
        assert "électronique" not in words

    def test_is_the_same_page_after_page_of_the_day(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        day = at.date()
        assert sheet_mark(draft, day=day) == sheet_mark(Draft.objects.get(), day=day)
        assert sheet_mark(draft, day=day) != sheet_mark(draft, day=day + timedelta(days=1))
