"""What happens to a person or to a structure, and what it does to mandats."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tandem.journal.models import Entry
from tandem.mandats import actions, queries
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.rules import EndKind
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import ANDREI, line_of, signed_mandat, usager_of, use
from tandem.structures.actions import close_structure
from tandem.structures.models import SYSTEM_ACTEUR, Acteur, Affectation
from tandem.usagers.actions import correct_death, record_death
from tandem.usagers.models import Notice, Usager


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Any:
    """Housing and social, for a month."""
    return signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)


def ended(mandat: Mandat) -> Any:
    mandat.refresh_from_db()
    return mandat.ended_at, mandat.end_kind


def told(kind: str) -> Any:
    return Notice.objects.filter(key__startswith=f"mandat.{kind}:").count()


class TestADeath:
    def test_ends_every_mandat_at_the_instant_it_is_known(
        self, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        """P-37: nothing more is released, what was done before keeps its mark, nobody is written to."""
        line = line_of(mandat, "theme:social")
        before = use(acteur, line, at)

        record_death(acteur=acteur, usager=rose, at=at + timedelta(hours=1))

        assert ended(mandat) == (at + timedelta(hours=1), EndKind.DEATH)
        assert not Autorisation.objects.filter(ended_at=None).exists()
        refusal = queries.use_refusal(
            acteur=acteur, autorisation=line, presence="presence", at=at + timedelta(hours=1)
        )
        assert refusal is not None
        assert mandat.ended_at is not None
        assert before.used_at < mandat.ended_at
        assert told("death") == told("revoked") == 0
        entry = Entry.objects.get(event="mandats.ended")
        assert entry.facts["kind"] == "death"

    def test_recorded_by_mistake_revives_no_mandat(
        self,
        acteur: Acteur,
        rose: Usager,
        mandat: Mandat,
        bob: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        """P-37: alive again, the person signs anew; what ended stays ended."""
        record_death(acteur=acteur, usager=rose, at=at)
        correct_death(acteur=as_acteur(bob), usager=rose, at=at + timedelta(hours=1))

        assert ended(mandat) == (at, EndKind.DEATH)
        later = at + timedelta(hours=2)
        assert signed_mandat(acteur, rose, ["theme:social"], at=later).state(at=later) == "active"

    def test_of_someone_without_a_live_mandat_writes_no_end(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        record_death(acteur=acteur, usager=rose, at=at)

        assert not Entry.objects.filter(event="mandats.ended").exists()


class TestAStructureThatCloses:
    def test_tells_each_person_once_and_gives_nothing_to_anyone_else(
        self, acteur: Acteur, rose: Usager, mandat: Mandat, at: datetime
    ) -> None:
        """P-40: suspended, told, and no use from this instant; a successor needs a new agreement."""
        second = signed_mandat(acteur, rose, ["theme:papiers"], at=at)
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 64 + "v1")
        signed_mandat(acteur, andrei, at=at)
        finished = usager_of(
            acteur, at=at, identity=replace(ANDREI, given_names="Ion"), sub="c" * 64
        )
        over = signed_mandat(acteur, finished, at=at)
        actions.revoke_mandat(acteur=acteur, mandat=over, at=at)
        assert acteur.structure is not None

        close_structure(acteur=SYSTEM_ACTEUR, structure=acteur.structure, at=at + timedelta(days=1))

        notices = Notice.objects.filter(key__startswith="mandat.closed:")
        assert sorted(row.usager_id for row in notices) == sorted([rose.pk, andrei.pk])
        assert "a fermé" in notices[0].body
        assert ended(mandat) == ended(second) == (None, "")
        assert queries.use_refusal(
            acteur=acteur,
            autorisation=line_of(second),
            presence="presence",
            at=at + timedelta(days=1),
        )

    def test_writes_to_nobody_who_may_not_be_free(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-36: under a doubt on one mandat, silence on all."""
        signed_mandat(acteur, rose, ["theme:papiers"], at=at, alone="later")
        signed_mandat(acteur, rose, ["theme:social"], at=at)
        assert acteur.structure is not None

        close_structure(acteur=SYSTEM_ACTEUR, structure=acteur.structure, at=at)

        assert told("closed") == 0
