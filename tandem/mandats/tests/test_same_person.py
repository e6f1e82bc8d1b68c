"""Mandats of someone who had two files: what follows, what stays as it was signed, what stops the two becoming one."""

from datetime import datetime, timedelta

import pytest

from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.queries import mandats_visible_to
from tandem.mandats.tests.factories import signed_mandat
from tandem.rapprochements.actions import MergeRefused, merge_usagers
from tandem.rapprochements.queries import obstacles
from tandem.structures.models import Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def other(rose: Usager) -> Usager:
    """Her second file."""
    return UsagerFactory.create(structure=rose.structure, piece_seen=True)


def shown(who: Affectation, at: datetime) -> GestureResponse:
    return GestureResponse(code=totp_code(who.compte, at))


class TestTwoFilesOfOnePerson:
    def test_bring_their_mandats_as_they_were_signed(
        self, rose: Usager, other: Usager, alice: Affectation, as_acteur: ActeurOf,
        at: datetime,
    ) -> None:  # fmt: skip
        """P-22: seal and snapshot are those of the day of the signature."""
        acteur = as_acteur(alice)
        mandat = signed_mandat(acteur, other, ("theme:logement",), at=at)
        signed = (mandat.seal, mandat.snapshot)
        then = at + timedelta(minutes=5)

        merge_usagers(acteur=acteur, one=rose, other=other, response=shown(alice, then), at=then)

        moved = Mandat.objects.get()
        assert moved.usager == rose
        assert (moved.seal, moved.snapshot) == signed
        assert set(Autorisation.objects.values_list("usager", flat=True)) == {rose.pk}
        assert list(mandats_visible_to(acteur)) == [mandat]

    def test_stay_two_while_the_same_line_is_alive_on_both(
        self, rose: Usager, other: Usager, alice: Affectation, as_acteur: ActeurOf,
        at: datetime,
    ) -> None:  # fmt: skip
        acteur = as_acteur(alice)
        for usager in (rose, other):
            signed_mandat(acteur, usager, ("theme:logement",), at=at)
        then = at + timedelta(minutes=5)

        assert [sentence.count("Logement") for sentence in obstacles(rose, other)] == [1]
        with pytest.raises(MergeRefused, match="Arrêtez l’autre"):
            merge_usagers(
                acteur=acteur, one=rose, other=other, response=shown(alice, then), at=then
            )
        assert Mandat.objects.filter(usager=other).exists()
