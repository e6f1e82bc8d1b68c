"""The same form sent several times at the same second."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tandem.courriers import actions
from tandem.courriers.actions import Told
from tandem.courriers.modeles import modeles
from tandem.courriers.models import Courrier, Lettre, LettreVersion
from tandem.courriers.tests.factories import received, written
from tandem.journal.models import Entry
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def several_connections(acteur: Acteur, rose: Usager, tmp_path: Path) -> Iterator[None]:
    with shared_database(tmp_path):
        yield


class TestAtTheSameInstant:
    def test_one_form_makes_one_letter_and_one_courrier(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """S-24, R-09."""
        key, libre = uuid4(), modeles()["libre"]
        write = partial(
            actions.write_lettre, acteur=acteur, usager=rose, modele=libre, told=Told(values={}), form_key=key, at=at,
        )  # fmt: skip
        log = partial(
            actions.log_courrier, acteur=acteur, usager=rose, received=received(), presence=Presence.PRESENCE,
            form_key=key, at=at,
        )  # fmt: skip

        given = at_once([write, log, write, log])

        assert given[0] == given[2]
        assert given[1] == given[3]
        assert (Lettre.objects.count(), Courrier.objects.count()) == (1, 1)

    def test_two_saves_never_lose_one(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """R-10: one is kept, the other is told; no version is overwritten."""
        lettre = written(acteur, rose, at=at)
        first = LettreVersion.objects.get().says

        def save(subject: str) -> LettreVersion:
            content = type(first)(**{**first.__dict__, "subject": subject})
            return actions.save_lettre(
                acteur=acteur,
                lettre=lettre,
                content=content,
                limit=actions.Limit(),
                based_on=1,
                at=at,
            )

        given = at_once([partial(save, "Un"), partial(save, "Deux")])

        refused = [answer for answer in given if isinstance(answer, actions.LettreChanged)]
        assert len(refused) == 1
        assert sorted(LettreVersion.objects.values_list("number", flat=True)) == [1, 2]
        assert Entry.objects.filter(event="courriers.lettre_changed").count() == 1
