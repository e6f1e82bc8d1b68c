"""docs/exigences.md says the truth: each row has its tests, and each number a test quotes has a row."""

import re

from tests.outils import exigences


class TestThePageOfRequirements:
    def test_has_a_row_for_each_number_a_test_quotes(self) -> None:
        assert sorted(set(exigences.shown()) - set(exigences.rows())) == []

    def test_names_for_each_row_tests_that_stand_and_quote_its_number(self) -> None:
        shown = exigences.shown()
        wrong = [
            f"{number}: {name or 'no test'}"
            for number, (_sentence, tests) in exigences.rows().items()
            for name in (re.findall(r"`([^`]+)`", tests) or [""])
            if name not in shown.get(number, [])
        ]
        assert wrong == []

    def test_has_one_sentence_a_row(self) -> None:
        assert [n for n, (sentence, _tests) in exigences.rows().items() if len(sentence) < 10] == []
