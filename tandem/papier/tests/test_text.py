"""The text read on the road of paper is its own, and no other."""

from dataclasses import replace
from datetime import datetime

import pytest

from tandem.mandats import texts
from tandem.mandats.actions import MandatRefused
from tandem.mandats.models import Mandat
from tandem.mandats.tests.factories import signed_mandat
from tandem.papier.actions.sheets import write_sheet
from tandem.papier.tests.factories import noted_of
from tandem.signature.models import Draft
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


class TestThePaperText:
    def test_of_who_read_the_text_of_franceconnect_is_read_again(
        self, acteur: Acteur, draft: Draft, andrei: Usager, at: datetime
    ) -> None:
        """P-03, P-32: nobody signs by hand what says « en ligne »; nor the other way."""
        draft.content["text_version"] = texts.current_version()
        draft.save()
        noted = noted_of(draft, at=at)
        with pytest.raises(MandatRefused, match="a changé"):
            write_sheet(acteur=acteur, draft=draft, noted=noted, gesture=None, at=at)
        with pytest.raises(MandatRefused, match="a changé"):
            write_sheet(
                acteur=acteur, draft=draft, noted=replace(noted, absent=True), gesture=None, at=at
            )
        with pytest.raises(MandatRefused, match="a changé"):
            signed_mandat(acteur, andrei, text_version=texts.current_version(paper=True), at=at)
        assert not Mandat.objects.exists()
