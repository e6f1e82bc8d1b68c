"""The copy of what was signed by hand: encrypted, an attachment, gone with the mandat or the person."""

from datetime import datetime, timedelta

import pytest

from tandem.fichiers.folder import path_of
from tandem.fichiers.models import StoredFile
from tandem.fichiers.queries import open_file
from tandem.fichiers.rules import CheckedFile
from tandem.journal.models import Entry
from tandem.mandats.actions import NotAllowed, record_paper_confirmation
from tandem.mandats.models import Mandat
from tandem.mandats.tests.factories import signed_mandat, usager_of
from tandem.papier import actions
from tandem.papier.models import Original, Sheet
from tandem.papier.queries import SheetUnknown, original_for, paper_for, papers_of
from tandem.papier.tests.factories import paper_mandat, waiting_sheet
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager

SCAN = CheckedFile("Popescu carte.pdf", "application/pdf", b"%PDF-1.7 signed by hand")


@pytest.fixture
def mandat(acteur: Acteur, andrei: Usager, at: datetime) -> Mandat:
    return paper_mandat(acteur, andrei, at=at)


@pytest.fixture
def original(acteur: Acteur, mandat: Mandat, at: datetime) -> Original:
    return actions.keep_original(acteur=acteur, mandat=mandat, confirmation=None, scan=SCAN, at=at)


class TestACopy:
    def test_is_encrypted_named_for_what_it_is_and_told_to_the_journal(
        self, original: Original
    ) -> None:
        """P-44: never « signature électronique », never the name the file had."""
        assert b"signed by hand" not in path_of(original.scan.public_id).read_bytes()
        assert b"".join(open_file(original.scan)) == SCAN.content
        assert original.scan.name == "original signé à la main, copie.pdf"
        entry = Entry.objects.get(event="papier.original_kept")
        assert entry.facts == {
            "of": "mandat", "media_type": "application/pdf", "size": len(SCAN.content), "replaces": False,
        }  # fmt: skip

    def test_replaces_the_former_one_whose_key_goes(
        self, acteur: Acteur, mandat: Mandat, original: Original, at: datetime
    ) -> None:
        former = original.scan.pk
        scan = CheckedFile("mieux.pdf", "application/pdf", b"%PDF-1.7 scanned straight")
        again = actions.keep_original(
            acteur=acteur, mandat=mandat, confirmation=None, scan=scan, at=at
        )

        assert Original.objects.get() == again
        erased = StoredFile.objects.get(pk=former)
        assert (erased.erased_at, erased.data_key) == (at, "")

    def test_may_be_of_a_paper_of_the_day_for_a_franceconnect_mandat_too(
        self, acteur: Acteur, at: datetime
    ) -> None:
        """P-06."""
        mandat = signed_mandat(acteur, usager_of(acteur, at=at), ["theme:argent"], at=at)
        day = record_paper_confirmation(
            acteur=acteur, autorisation=mandat.autorisations.get(), at=at
        )
        row = actions.keep_original(
            acteur=acteur, mandat=mandat, confirmation=day, scan=SCAN, at=at
        )

        assert [paper.original for paper in papers_of(mandat)] == [None, row]
        assert Entry.objects.get(event="papier.original_kept").facts["of"] == "paper_of_day"

    def test_is_not_kept_nor_read_by_another_structure(
        self,
        charlie: Affectation,
        mandat: Mandat,
        original: Original,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-10."""
        stranger = as_acteur(charlie)
        with pytest.raises(NotAllowed):
            actions.keep_original(
                acteur=stranger, mandat=mandat, confirmation=None, scan=SCAN, at=at
            )
        with pytest.raises(SheetUnknown):
            original_for(stranger, original.public_id)
        with pytest.raises(SheetUnknown):
            paper_for(stranger, mandat.public_id, None)

    def test_is_not_of_a_confirmation_of_another_mandat(
        self, acteur: Acteur, mandat: Mandat, at: datetime
    ) -> None:
        other = signed_mandat(acteur, usager_of(acteur, at=at), ["theme:argent"], at=at)
        day = record_paper_confirmation(
            acteur=acteur, autorisation=other.autorisations.get(), at=at
        )
        with pytest.raises(SheetUnknown):
            paper_for(acteur, mandat.public_id, day.public_id)


class TestErasure:
    def test_takes_the_copy_and_the_sheets_with_the_person(
        self, acteur: Acteur, andrei: Usager, bea: Affectation, original: Original, as_acteur: ActeurOf, at: datetime,
    ) -> None:  # fmt: skip
        """P-22."""
        waiting_sheet(acteur, andrei, at=at)
        erase_usager(acteur=as_acteur(bea), usager=andrei, at=at)

        assert not Original.objects.exists()
        assert not Sheet.objects.exists()
        assert StoredFile.objects.get(pk=original.scan_id).data_key == ""
        # The proof stays: the seal, without its words.
        assert Mandat.objects.get().seal

    def test_takes_the_copy_with_the_words_of_the_mandat_in_their_time(
        self, mandat: Mandat, original: Original, at: datetime
    ) -> None:
        """P-20."""
        assert actions.purge_papier(at=at) == (0, 0)
        Mandat.objects.filter(pk=mandat.pk).update(erased_at=at)

        assert actions.purge_papier(at=at + timedelta(days=1)) == (0, 1)
        assert StoredFile.objects.get(pk=original.scan_id).data_key == ""
