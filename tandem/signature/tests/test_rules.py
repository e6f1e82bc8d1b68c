from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.mandats.rules import POINTS
from tandem.signature.rules import Answers, Step, may_open, missing_step
from tandem.signature.tests.factories import complete_answers

READ = {
    "scopes": ("theme:social",),
    "duree": "an",
    "presence": {"theme:logement": ["presence", "absence"]},
    "aidants": ("someone",),
    "contact_kind": "sms",
    "contact_value": "+33612345678",
    "contact_holder": "relative",
}


class TestADraft:
    def test_asks_its_questions_in_order(self) -> None:
        answers = Answers()
        assert missing_step(answers, identified=False) is Step.DEMARCHES

        complete = complete_answers()
        order = []
        questions: list[tuple[Step, dict[str, Any]]] = [
            (Step.DEMARCHES, {"scopes": ()}),
            (Step.DUREE, {"duree": ""}),
            (Step.PRESENCE, {"presence": {}}),
            (Step.PROTECTION, {"protected": "minor"}),
            (Step.CONTACT, {"contact_kind": ""}),
            (Step.READING, {"reader": ""}),
            (Step.IDENTITY, {"identity_confirmed": False}),
        ]
        for step, changes in questions:
            order.append(
                missing_step(Answers(**{**complete.to_json(), **changes}), identified=True)
            )
            assert order[-1] is step
        assert missing_step(complete, identified=False) is Step.IDENTIFICATION
        assert missing_step(complete, identified=True) is Step.RECAP

    @pytest.mark.parametrize("name", sorted(READ))
    def test_changed_after_the_reading_is_read_and_identified_again(self, name: str) -> None:
        """P-03: a wider mandat never slips in after the person read the text."""
        changed = complete_answers().answered(**{name: READ[name]})

        assert changed.points == {}
        assert changed.identity == {}
        assert not changed.identity_confirmed

    def test_answered_the_same_keeps_what_follows(self) -> None:
        complete = complete_answers()

        assert complete.answered(duree=complete.duree, reader="aidant").points == complete.points

    @given(
        scopes=st.lists(st.text(min_size=1, max_size=20), unique=True),
        points=st.dictionaries(st.sampled_from(POINTS), st.text(max_size=10)),
        facile=st.text(max_size=10),
    )
    def test_comes_back_from_the_database_as_it_was_written(
        self, scopes: Any, points: Any, facile: Any
    ) -> None:
        answers = Answers(scopes=tuple(scopes), points=points, text_name=facile)

        assert Answers.from_json(answers.to_json()) == answers

    def test_of_another_version_with_unknown_answers_is_still_read(self) -> None:
        assert Answers.from_json({"duree": "an", "gone": 1}) == Answers(duree="an")

    def test_opens_a_page_only_when_those_before_are_answered(self) -> None:
        assert may_open(Step.DUREE, missing=Step.READING)
        assert may_open(Step.READING, missing=Step.READING)
        assert not may_open(Step.RECAP, missing=Step.READING)
