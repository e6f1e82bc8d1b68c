"""One aidant, two structures: what is prepared for one is not signed in the name of the other (S-40, P-10)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tandem.signature.queries import DraftOfAnotherStructure, DraftUnknown, draft_of
from tandem.signature.tests.factories import ready_draft
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.factories import AffectationFactory

ActeurOf = Callable[[Affectation], Acteur]


class TestADraft:
    def test_is_continued_for_the_structure_it_showed_alone(
        self, alice: Affectation, mairie: Structure, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """S-40: the page says for which one, and goes no further."""
        elsewhere = AffectationFactory.create(compte=alice.compte, structure=mairie)
        draft = ready_draft(as_acteur(alice), at=at)

        with pytest.raises(DraftOfAnotherStructure, match="CCAS de Valmont"):
            draft_of(as_acteur(elsewhere), draft.public_id, at=at)
        assert draft_of(as_acteur(alice), draft.public_id, at=at) == draft

    def test_of_a_colleague_is_not_there(
        self, alice: Affectation, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-10."""
        draft = ready_draft(as_acteur(alice), at=at)

        with pytest.raises(DraftUnknown):
            draft_of(as_acteur(bob), draft.public_id, at=at)
