"""The page where a mandat given elsewhere is brought."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.mandats.models import Mandat
from tandem.mandats.queries import code_words
from tandem.mandats.rules import EndKind
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import ANDREI, signed_mandat, usager_of
from tandem.signature.models import Draft
from tandem.signature.tests.factories import ready_draft
from tandem.signature.tests.wizard import recap
from tandem.structures.models import Affectation

pytestmark = pytest.mark.django_db


@pytest.fixture
def former(charlie: Affectation, as_acteur: ActeurOf, acteur: Any, at: datetime) -> Mandat:
    """What Rose gave to the structure of Charlie."""
    there = as_acteur(charlie)
    return signed_mandat(there, usager_of(there, at=at), at=at)


@pytest.fixture
def draft(acteur: Any, at: datetime) -> Draft:
    return ready_draft(acteur, at=at)


@pytest.fixture
def page(draft: Draft) -> str:
    return reverse("signature:draft_transfer", args=[draft.public_id])


class TestTransferring:
    def test_ends_the_former_mandat_when_the_person_signs_here(
        self,
        desk: Client,
        alice: Affectation,
        draft: Draft,
        page: str,
        former: Mandat,
        at: datetime,
    ) -> None:
        """Only with a new mandat, linked to the former; the journal keeps both."""
        assert desk.get(page).status_code == 200
        address = reverse("signature:draft", args=[draft.public_id])

        done = desk.post(page, {"code": code_words(former.verification_code)})

        assert done["Location"] == address
        former.refresh_from_db()
        assert former.ended_at is None
        shown = desk.get(f"{address}signature/").content.decode()
        assert f"Celui donné à {former.structure.name} s’arrête" in shown
        code = {"recap": recap(desk, address), "geste_code": totp_code(alice.compte, at)}
        desk.post(f"{address}signature/", code)
        ended = Mandat.objects.get(pk=former.pk)
        assert (ended.end_kind, ended.ended_at) == (EndKind.SUPERSEDED, at)
        signed = Mandat.objects.get(transferred_from=former)
        assert signed.structure == alice.structure
        changed = Entry.objects.get(event="mandats.changed")
        assert changed.facts["kind"] == "transferred"
        assert changed.facts["former"] == [f"mandat:{former.public_id}"]

    def test_brought_after_the_recap_is_read_before_it_is_signed(
        self,
        desk: Client,
        alice: Affectation,
        draft: Draft,
        page: str,
        former: Mandat,
        at: datetime,
    ) -> None:
        """S-08: a recap that did not show it signs nothing."""
        address = reverse("signature:draft", args=[draft.public_id])
        old = {"recap": recap(desk, address), "geste_code": totp_code(alice.compte, at)}

        desk.post(page, {"code": former.verification_code})
        desk.post(f"{address}signature/", old)

        assert not Mandat.objects.filter(structure=alice.structure).exists()

    def test_is_given_up_at_will(
        self, desk: Client, draft: Draft, page: str, former: Mandat
    ) -> None:
        desk.post(page, {"code": former.verification_code})
        assert "Ne pas transférer" in desk.get(page).content.decode()

        desk.post(page, {"retirer": "1"})

        draft.refresh_from_db()
        assert draft.transferred_from is None

    def test_of_someone_else_signs_nothing(
        self,
        desk: Client,
        alice: Affectation,
        charlie: Affectation,
        as_acteur: ActeurOf,
        draft: Draft,
        page: str,
        at: datetime,
    ) -> None:
        there = as_acteur(charlie)
        his = signed_mandat(there, usager_of(there, at=at, identity=ANDREI, sub="b" * 66), at=at)
        address = reverse("signature:draft", args=[draft.public_id])

        answer = desk.post(page, {"code": his.verification_code}, follow=True)
        assert "Popescu" not in answer.content.decode()
        code = {"recap": recap(desk, address), "geste_code": totp_code(alice.compte, at)}
        desk.post(f"{address}signature/", code)

        his.refresh_from_db()
        assert his.ended_at is None
        assert not Mandat.objects.filter(structure=alice.structure).exists()

    @pytest.mark.parametrize("code", ["", "ABC", "3" * 28])
    def test_keeps_what_was_typed_when_no_mandat_carries_it(
        self, desk: Client, page: str, draft: Draft, code: str
    ) -> None:
        """A-10."""
        answer = desk.post(page, {"code": code})

        assert answer.status_code == 422
        assert code in answer.content.decode()
        draft.refresh_from_db()
        assert draft.transferred_from is None

    def test_is_not_tried_many_times(self, desk: Client, page: str, former: Mandat) -> None:
        """No code is guessed here."""
        for _number in range(10):
            desk.post(page, {"code": "3" * 28})

        answer = desk.post(page, {"code": former.verification_code})

        assert answer.status_code == 422
        assert "Trop d’essais" in answer.content.decode()
