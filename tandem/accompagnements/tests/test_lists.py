"""The list of démarches: by state, by holder, by name, ten thousand of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tandem.accompagnements.actions import Wanted, close_demarche, file_demarche, follow_demarche
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarches_listed
from tandem.accompagnements.rules import DemarcheState, Outcome
from tandem.accompagnements.tests.factories import filing
from tandem.mandats.tests.cast import ActeurOf
from tandem.structures.models import Acteur, Affectation
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.usagers.models import Usager


@pytest.fixture
def thousands(acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
    """Ten thousand more, of five hundred people, a third closed, a third filed."""
    people = Usager.objects.bulk_create(
        Usager(
            structure=rsa.structure, given_names=f"P{n}", family_name="Foule", rung="declare", rung_established_at=at,
            created_at=at, last_contact_at=at,
        )
        for n in range(500)
    )  # fmt: skip
    DemarcheSuivie.objects.bulk_create(
        DemarcheSuivie(
            structure=rsa.structure, usager=people[n % 500], demarche=rsa.demarche, theme=rsa.theme,
            next_move="person", mode="ensemble", presence="presence", opened_at=at, held_by=rsa.held_by,
            moved_at=at + timedelta(seconds=n), filed_at=at if n % 3 else None,
            closed_at=at if n % 3 == 2 else None, outcome="granted" if n % 3 == 2 else "",
        )
        for n in range(10_000)
    )  # fmt: skip


def queries_of(desk: Client, address: str, data: dict[str, str] | None = None) -> int:
    """How many queries one answer takes."""
    with CaptureQueriesContext(connection) as captured:
        answer = desk.get(address) if data is None else desk.post(address, data)
    assert answer.status_code == 200
    return len(captured)


class TestTenThousand:
    @pytest.mark.parametrize("word", ["a-moi", "en-cours", "deposees", "terminees"])
    def test_cost_as_many_queries_as_one(
        self, desk: Client, rsa: DemarcheSuivie, request: pytest.FixtureRequest, word: str
    ) -> None:
        """Law 12: at most ten queries, whatever the list; searched too."""
        address = f"/demarches/?liste={word}"
        desk.get(address)
        few = queries_of(desk, address)
        request.getfixturevalue("thousands")
        many = queries_of(desk, address)
        assert few <= many <= 10
        words = {"q": "declaration trimestrielle"}
        # The first search of a window opens its counter of limits.
        desk.post(address, words)
        found = queries_of(desk, address, words)
        assert found <= 10
        page = desk.get(f"{address}&page=40").content.decode()
        assert "Page" in page


class TestWhatIsListed:
    def test_by_state_and_by_holder(
        self, acteur: Acteur, rsa: DemarcheSuivie, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:  # fmt: skip
        wanted = Wanted(title="Box")
        sent = follow_demarche(acteur=as_acteur(bob), wanted=wanted, at=at)
        file_demarche(acteur=acteur, demarche_suivie=sent, filing=filing(), at=at)
        over = follow_demarche(acteur=acteur, wanted=wanted, at=at)
        close_demarche(acteur=acteur, demarche_suivie=over, outcome=Outcome.REFUSED, at=at)
        assert list(demarches_listed(acteur, state=DemarcheState.OPEN)) == [rsa]
        assert list(demarches_listed(acteur, state=DemarcheState.FILED)) == [sent]
        assert list(demarches_listed(acteur, state=DemarcheState.FILED, mine=True)) == []
        assert list(demarches_listed(acteur, state=DemarcheState.CLOSED)) == [over]

    def test_by_the_name_of_a_person_or_of_a_demarche(
        self, desk: Client, rsa: DemarcheSuivie, rose: Usager
    ) -> None:
        """S-51: nothing typed stands in the address."""
        for words, found in ((rose.family_name, True), ("trimestrielle RSA", True), ("passeport", False)):  # fmt: skip
            page = desk.post("/demarches/", {"q": words}).content.decode()
            assert (str(rsa.public_id) in page) is found
        assert desk.post("/demarches/", {"q": "ab"}).status_code == 422

    def test_nothing_while_someone_looks(self, desk: Client, rsa: DemarcheSuivie) -> None:
        """P-28."""
        assert str(rsa.public_id) in desk.get("/demarches/").content.decode()
        session = desk.session
        session[PERSON_PRESENT_SESSION_KEY] = str(uuid4())
        session.save()
        asked: list[str] = []

        def heard(execute: Any, sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(heard):
            answers = (desk.get("/demarches/"), desk.post("/demarches/", {"q": "trimestrielle"}))
        for answer in answers:
            assert str(rsa.public_id) not in answer.content.decode()
        # Not fetched at all: nothing that a template could show.
        assert asked
        assert not [sql for sql in asked if "accompagnements_demarchesuivie" in sql]
