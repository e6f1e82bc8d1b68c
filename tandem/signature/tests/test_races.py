"""Two desks, one person, the same second (R-10, R-12)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Count

from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.kernel.refusals import Refusal
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.mandats import actions
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries import use_refusal
from tandem.mandats.tests.factories import line_of, signed_mandat
from tandem.referentiels.rules import REP_SCOPES
from tandem.signature import actions as preparing
from tandem.signature.models import Draft
from tandem.signature.queries import mark_of
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = 4
ROUNDS = 3


@pytest.fixture(autouse=True)
def several_connections(acteur: Acteur, tmp_path: Path) -> Iterator[Any]:
    with shared_database(tmp_path):
        yield


def one_live_line_each() -> Any:
    """I3: at most one live autorisation per structure, usager and scope."""
    rows = (
        Autorisation.objects.filter(ended_at=None).order_by().values("structure", "usager", "scope")
    )
    return all(row["n"] == 1 for row in rows.annotate(n=Count("pk")))


class TestAtTheSameInstant:
    def test_signatures_for_one_person_leave_one_live_line(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """R-10: two roads, theme and démarche inside it, one stands."""
        scopes = ["theme:logement", "demarche:cheque-energie"]
        for number in range(ROUNDS):
            when = at + timedelta(minutes=number)
            drafts = [
                ready_draft(acteur, at=when, answers=complete_answers([scopes[i % 2]]))
                for i in range(DESKS)
            ]

            given = at_once(
                [
                    partial(preparing.sign_draft, acteur=acteur, draft=d, gesture=None, at=when)
                    for d in drafts
                ]
            )

            assert [g for g in given if not isinstance(g, Mandat)] == []
            assert Autorisation.objects.filter(ended_at=None).count() == 1
            assert one_live_line_each()

    def test_one_draft_posted_many_times_signs_once_and_says_the_same(
        self, acteur: Acteur, alice: Affectation, at: datetime
    ) -> None:
        """S-24, R-09: one gesture, one mandat, the same answer."""
        draft = ready_draft(acteur, at=at)
        code = GestureResponse(code=totp_code(alice.compte, at))

        given = at_once(
            [
                partial(
                    preparing.sign_mandat,
                    acteur=acteur,
                    draft=draft,
                    shown=mark_of(draft),
                    response=code,
                    at=at,
                )
            ]
            * DESKS
        )

        assert {type(answer) for answer in given} == {Mandat}
        assert len({answer.pk for answer in given}) == Mandat.objects.count() == 1

    def test_drafts_begun_are_one(self, acteur: Acteur, at: datetime) -> None:
        given = at_once([partial(preparing.start_draft, acteur=acteur, usager=None, at=at)] * DESKS)

        assert len({draft.pk for draft in given}) == Draft.objects.count() == 1

    def test_signatures_and_stops_never_break_nor_leave_two(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """R-10: create, stop, expire on the same person."""
        for number in range(ROUNDS):
            when = at + timedelta(minutes=number)
            mandat = signed_mandat(acteur, rose, at=when)
            draft = ready_draft(acteur, at=when)

            given = at_once(
                [
                    partial(
                        preparing.sign_draft, acteur=acteur, draft=draft, gesture=None, at=when
                    ),
                    partial(actions.revoke_mandat, acteur=acteur, mandat=mandat, at=when),
                    partial(actions.revoke_all, acteur=acteur, usager=rose, at=when),
                    partial(actions.expire_due, at=when),
                ]
            )

            assert not [answer for answer in given if isinstance(answer, Refusal)]
            assert one_live_line_each()

    def test_stops_of_one_mandat_are_one(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """R-09: one trace, one message."""
        for number in range(ROUNDS):
            when = at + timedelta(minutes=number)
            mandat = signed_mandat(acteur, rose, at=when)

            at_once([partial(actions.revoke_mandat, acteur=acteur, mandat=mandat, at=when)] * DESKS)

            ended = Entry.objects.filter(event="mandats.ended", subject_id=mandat.public_id)
            assert ended.count() == 1

    def test_a_use_retried_is_written_once(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        line = line_of(signed_mandat(acteur, rose, at=at))
        use = partial(
            actions.record_use, acteur=acteur, autorisation=line, presence="presence", absence_reason="",
            service_declared="", relying_party="fc", transaction=uuid4(), confirmation=None, at=at,
        )  # fmt: skip

        given = at_once([use] * DESKS)

        assert len({usage.pk for usage in given}) == Usage.objects.count() == 1

    def test_a_stop_and_a_release_come_one_after_the_other(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """R-12: nothing is released in a commit that follows the stop."""
        for number in range(ROUNDS):
            when = at + timedelta(minutes=number)
            line = line_of(signed_mandat(acteur, rose, at=when))
            seen: list[Any] = []

            def release(line: Autorisation = line, when: datetime = when, seen: Any = seen) -> None:
                with transaction.atomic():
                    refusal = use_refusal(
                        acteur=acteur, autorisation=line, presence="presence", at=when,
                        requested_rep_scopes=[REP_SCOPES["logement"]], lock=True,
                    )  # fmt: skip
                    # Still alive when the release commits: the stop waits for this transaction.
                    seen.append((refusal, Autorisation.objects.get(pk=line.pk).ended_at))

            at_once(
                [
                    release,
                    partial(actions.revoke_autorisation, acteur=acteur, autorisation=line, at=when),
                    release,
                ]
            )

            assert all((refusal is None) == (ended is None) for refusal, ended in seen)
            assert Autorisation.objects.get(pk=line.pk).ended_at == when
