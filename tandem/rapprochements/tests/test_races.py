"""Two hands on the same two files at the same instant: one rapprochement, nobody cut off (R-10)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.kernel.refusals import Refusal
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.rapprochements.actions import follow_late_rows, merge_usagers, separate_usagers
from tandem.rapprochements.models import Rapprochement
from tandem.structures.models import Affectation
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory, StructureFactory
from tandem.usagers.actions import freeze_usager, rename_usager
from tandem.usagers.models import Usager
from tandem.usagers.rules import FreezeReason
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desks(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Affectation, Affectation]]:
    with shared_database(tmp_path):
        structure = StructureFactory.create()
        yield (
            AffectationFactory.create(structure=structure),
            AffectationFactory.create(structure=structure),
        )


@pytest.fixture
def files(desks: tuple[Affectation, Affectation]) -> tuple[Usager, Usager]:
    here = desks[0].structure
    rose, other = (
        UsagerFactory.create(structure=here),
        UsagerFactory.create(structure=here, declared=True),
    )
    ChannelFactory.create(usager=other, created_by=desks[0])
    return rose, other


def shown(who: Affectation, at: datetime) -> GestureResponse:
    return GestureResponse(code=totp_code(who.compte, at))


class TestAtOnce:
    def test_two_aidants_crosswise_make_one(
        self, desks: tuple[Affectation, Affectation], files: tuple[Usager, Usager], at: datetime
    ) -> None:
        rose, other = files
        alice, bob = desks

        done = at_once(
            [
                lambda: merge_usagers(
                    acteur=acteur_from(alice), one=rose, other=other,
                    response=shown(alice, at), at=at,
                ),
                lambda: merge_usagers(
                    acteur=acteur_from(bob), one=other, other=rose, response=shown(bob, at), at=at
                ),
            ],
            slowly=True,
        )  # fmt: skip

        assert done[0] == done[1] == Rapprochement.objects.get()
        assert Usager.objects.get(pk=other.pk).merged_into == rose

    def test_three_files_crosswise_leave_no_ring(
        self, desks: tuple[Affectation, Affectation], files: tuple[Usager, Usager], at: datetime
    ) -> None:
        """A is brought to B while B is brought to C: each file is hidden behind another at most once."""
        rose, other = files
        third = UsagerFactory.create(structure=rose.structure, declared=True)
        alice, bob = desks

        at_once(
            [
                lambda: merge_usagers(
                    acteur=acteur_from(alice), one=other, other=third,
                    response=shown(alice, at), at=at,
                ),
                lambda: merge_usagers(
                    acteur=acteur_from(bob), one=rose, other=other, response=shown(bob, at), at=at
                ),
            ],
            slowly=True,
        )  # fmt: skip

        assert Usager.objects.get(pk=rose.pk).merged_into is None
        assert Rapprochement.objects.count() == Usager.objects.filter(
            merged_into__isnull=False
        ).count()  # fmt: skip

    def test_an_act_on_the_other_file_is_before_or_refused(
        self, desks: tuple[Affectation, Affectation], files: tuple[Usager, Usager], at: datetime
    ) -> None:
        """What is written on a file that is being hidden follows, or is refused: never lost on the hidden one."""
        rose, other = files
        alice, bob = desks

        done = at_once(
            [
                lambda: merge_usagers(
                    acteur=acteur_from(alice), one=rose, other=other,
                    response=shown(alice, at), at=at,
                ),
                lambda: freeze_usager(
                    acteur=acteur_from(bob), usager=other, reason=FreezeReason.DOUBT, at=at
                ),
            ],
            slowly=True,
        )  # fmt: skip

        assert isinstance(done[0], Rapprochement)
        frozen = Usager.objects.get(pk=rose.pk).frozen_at is not None
        assert frozen != isinstance(done[1], Refusal)

    def test_a_separation_crosses_what_touches_either(
        self, desks: tuple[Affectation, Affectation], files: tuple[Usager, Usager], at: datetime
    ) -> None:
        rose, other = files
        alice, bob = desks
        row = merge_usagers(
            acteur=acteur_from(alice), one=rose, other=other, response=shown(alice, at), at=at
        )
        later = at + timedelta(minutes=2)

        done = at_once(
            [
                lambda: separate_usagers(
                    acteur=acteur_from(alice), rapprochement=row,
                    response=shown(alice, later), at=later,
                ),
                lambda: separate_usagers(
                    acteur=acteur_from(bob), rapprochement=row, response=shown(bob, later), at=later
                ),
                lambda: rename_usager(
                    acteur=acteur_from(bob), usager=rose, preferred_name="Rosa", at=later
                ),
                lambda: follow_late_rows(at=later),
            ],
            slowly=True,
        )  # fmt: skip

        assert not [answer for answer in done if isinstance(answer, Refusal)]
        assert Usager.objects.get(pk=other.pk).merged_into is None
