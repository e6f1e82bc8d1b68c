"""The same gesture made several times at the same second."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tandem.accompagnements.models import DemarcheSuivie, Depot
from tandem.declarations import actions
from tandem.declarations.models import Declaration
from tandem.declarations.tests.factories import agreed, filled, prepared, sending, typed
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.structures.models import Acteur

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def several_connections(acteur: Acteur, rsa: DemarcheSuivie, tmp_path: Path) -> Iterator[None]:
    with shared_database(tmp_path):
        yield


class TestAtTheSameInstant:
    def test_one_is_prepared_sent_and_corrected(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """S-24: one declaration, one depot, one to come, one correction."""
        prepare = partial(actions.prepare, acteur=acteur, demarche_suivie=rsa, at=at)
        first, second = at_once([prepare, prepare])
        assert first == second
        row = prepared(acteur, rsa, at=at)
        filled(acteur, row, at=at)
        agreed(acteur, row, at=at)

        send = partial(
            actions.file_declaration, acteur=acteur, declaration=row, filing=sending(), key=uuid4(), at=at
        )  # fmt: skip
        at_once([send, send])
        correct = partial(actions.begin_correction, acteur=acteur, declaration=row, at=at)
        at_once([correct, correct])

        assert Depot.objects.count() == 1
        assert Declaration.objects.filter(corrects=None).count() == 2
        assert Declaration.objects.filter(corrects=row).count() == 1

    def test_of_two_saves_one_is_told(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        """R-10: nothing is overwritten."""
        row = prepared(acteur, rsa, at=at)
        save = partial(actions.save_values, acteur=acteur, declaration=row, typed=typed(row), at=at)

        given = at_once([save, save])

        told = [answer for answer in given if isinstance(answer, actions.DeclarationChanged)]
        assert len(told) == 1
        row.refresh_from_db()
        assert row.number == 1
