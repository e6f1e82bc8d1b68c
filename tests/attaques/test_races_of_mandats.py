"""Two aidants of two structures at work for the same person, in pairs of acts at the same instant (R-10).

A person belongs to one structure (docs/adr/0003): the same Rose has a file in each, and what one structure does must
neither stop nor widen what she gave to the other.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import Count

from tandem.kernel.refusals import Refusal
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats import actions
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.tests.factories import signed_mandat, use
from tandem.structures.models import Acteur, Affectation
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory
from tests.attaques.sizes import dice_of_the_day, rounds

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = ("theme:logement", "theme:social", "demarche:cheque-energie")


class Desk:
    """One structure, its two aidants, and the file it holds of Rose."""

    def __init__(self, one: Affectation, other: Affectation) -> None:
        self.acteurs = [acteur_from(one), acteur_from(other)]
        self.rose: Usager = UsagerFactory.create(structure=one.structure)

    def alive(self) -> list[Autorisation]:
        rows = Autorisation.objects.filter(usager=self.rose, ended_at=None)
        return list(rows.select_related("mandat__structure", "mandat__usager", "usager__structure"))

    def sign(self, acteur: Acteur, scope: str, at: datetime) -> Mandat:
        """Signs, or renews and replaces what stands."""
        rose = Usager.objects.select_related("structure").get(pk=self.rose.pk)
        return signed_mandat(acteur, rose, [scope], at=at)

    def act(self, dice: random.Random, acteur: Acteur, at: datetime) -> tuple[str, Any]:
        """Something one of them may do now; its name, and how."""
        name = dice.choice(
            ["sign", "revoke a line", "revoke a mandat", "revoke all", "use", "expire"]
        )
        alive = self.alive()
        line = dice.choice(alive) if alive else None
        ways: dict[str, Any] = {
            "revoke all": partial(actions.revoke_all, acteur=acteur, usager=self.rose, at=at),
            "expire": partial(actions.expire_due, at=at),
        }
        if line is not None:
            ways |= {
                "revoke a line": partial(
                    actions.revoke_autorisation, acteur=acteur, autorisation=line, at=at
                ),
                "revoke a mandat": partial(
                    actions.revoke_mandat, acteur=acteur, mandat=line.mandat, at=at
                ),
                "use": partial(use, acteur, line, at),
            }
        sign = partial(self.sign, acteur, dice.choice(SCOPES), at)
        return (name, ways[name]) if name in ways else ("sign", sign)


@pytest.fixture
def desks(
    alice: Affectation, bob: Affectation, charlie: Affectation, tmp_path: Path, mairie: Any
) -> Iterator[list[Desk]]:
    colleague = AffectationFactory.create(structure=mairie, compte__given_name="Dora")
    with shared_database(tmp_path):
        yield [Desk(alice, bob), Desk(charlie, colleague)]


def lines_too_many() -> list[Any]:
    """I3: more than one live autorisation for one structure, usager and scope."""
    rows = Autorisation.objects.filter(ended_at=None).order_by()
    counted = rows.values("structure", "usager", "scope").annotate(n=Count("pk"))
    return list(counted.filter(n__gt=1))


class TestPairsOfActs:
    @rounds(few=12, many=1_000)
    def test_leave_one_live_line_and_break_nothing(
        self,
        desks: list[Desk],
        at: datetime,
        count: int,
        record_property: Callable[[str, object], None],
    ) -> None:
        """R-10, I3: two aidants × two structures, four acts at once; nothing but refusals in words."""
        seed, dice = dice_of_the_day()
        done: Counter[str] = Counter()
        for number in range(count):
            when = at + timedelta(seconds=10 * number)
            chosen = [desk.act(dice, acteur, when) for desk in desks for acteur in desk.acteurs]

            given = at_once([act for _name, act in chosen])

            assert lines_too_many() == [], f"seed {seed}, pair {number}: {chosen}"
            done.update(name for name, _act in chosen)
            done["refused in words"] += sum(isinstance(one, Refusal) for one in given)
        for name, value in {"seed": seed, "pairs": 2 * count, **done}.items():
            record_property(name, value)
        assert count < 100 or min(done.values()) > 0

    def test_of_one_structure_touch_nothing_of_the_other(
        self, desks: list[Desk], at: datetime
    ) -> None:
        """R-10, S-40."""
        ours, theirs = desks
        ours.sign(ours.acteurs[0], SCOPES[0], at)
        theirs.sign(theirs.acteurs[0], SCOPES[0], at)

        at_once(
            [
                partial(actions.revoke_all, acteur=ours.acteurs[0], usager=ours.rose, at=at),
                partial(ours.sign, ours.acteurs[1], SCOPES[1], at),
                partial(actions.revoke_all, acteur=ours.acteurs[1], usager=theirs.rose, at=at),
            ]
        )

        assert [line.scope for line in theirs.alive()] == [SCOPES[0]]


class TestTheIndex:
    NAME = "one_live_autorisation_per_structure_usager_and_scope"

    def test_refuses_the_second_line_that_the_oracle_would_see(
        self, desks: list[Desk], at: datetime
    ) -> None:
        """The negative control of R-10."""
        desk = desks[0]
        desk.sign(desk.acteurs[0], SCOPES[0], at)
        second = Autorisation.objects.filter(mandat=desk.sign(desk.acteurs[1], SCOPES[1], at))
        index = next(one for one in Autorisation._meta.constraints if one.name == self.NAME)

        with pytest.raises(IntegrityError):
            second.update(scope=SCOPES[0])
        with connection.schema_editor() as schema:
            schema.remove_constraint(Autorisation, index)
        try:
            second.update(scope=SCOPES[0])
            assert [found["n"] for found in lines_too_many()] == [2]
        finally:
            second.update(scope=SCOPES[1])
            with connection.schema_editor() as schema:
                schema.add_constraint(Autorisation, index)
