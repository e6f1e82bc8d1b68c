"""docs/exigences.md says the truth: each row has its tests, and each number a test quotes has a row.

`python -m tests.outils.exigences` fills the last column anew.
"""

from pathlib import Path

import pytest

from tests.outils import exigences

TITLES = {"P": "(P)", "S": "(S)", "A": "(A)", "R": "(R)", "FI": "(FI)", "FS": "(FS)", "PC": "(PC)"}


class TestThePageOfRequirements:
    def test_has_a_row_for_each_number_a_test_quotes(self) -> None:
        assert sorted(set(exigences.shown()) - set(exigences.rows())) == []

    def test_names_for_each_row_tests_that_stand_and_quote_its_number(self) -> None:
        assert exigences.untrue(exigences.rows(), exigences.shown()) == []

    def test_has_one_sentence_a_row(self) -> None:
        assert [n for n, (sentence, _tests) in exigences.rows().items() if len(sentence) < 10] == []

    def test_says_each_number_once_in_order_under_its_letter(self) -> None:
        title, found = "", []
        for line in exigences.PAGE.read_text().splitlines():
            title = line if line.startswith("## ") else title
            if match := exigences.ROW.match(line):
                assert TITLES[match[1].split("-")[0]] in title, line
                found.append(match[1])

        assert len(found) == len(set(found))
        letters = list(dict.fromkeys(number.split("-")[0] for number in found))
        assert found == sorted(found, key=lambda n: (letters.index(n.split("-")[0]), n))


class TestTheToolBehindIt:
    def test_notices_a_test_that_no_longer_quotes_its_number(self) -> None:
        page = {
            "P-01": ("Une phrase.", "`a::test_x`<br>`a::test_gone`"),
            "P-02": ("Une autre.", ""),
        }

        assert exigences.untrue(page, {"P-01": ["a::test_x"]}) == [
            "P-01: a::test_gone",
            "P-02: no test",
        ]

    def test_reads_the_numbers_of_a_test_of_its_class_and_of_its_file(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = tmp_path / "test_a.py"
        file.write_text(
            '"""S-01."""\nclass TestA:\n    """P-02, FI-03."""\n'
            '    def test_b(self):\n        """R-04."""\n    def other(self):\n        """R-05."""\n'
        )
        monkeypatch.setattr(exigences, "ROOT", tmp_path)
        monkeypatch.setattr(exigences, "test_files", lambda: [file])

        found = exigences.shown()

        assert set(found) == {"S-01", "P-02", "FI-03", "R-04"}
        assert found["R-04"] == found["S-01"] == ["test_a.py::TestA::test_b"]

    def test_fills_the_column_and_leaves_the_sentences(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        page = tmp_path / "exigences.md"
        page.write_text("# Titre\n\n| P-01 | Une phrase. | `old` |\n| P-02 | Deux. |  |\n")
        monkeypatch.setattr(exigences, "PAGE", page)
        monkeypatch.setattr(
            exigences, "shown", lambda: {"P-01": ["c", "a", "b", "d"], "S-09": ["x"]}
        )

        exigences.refresh()

        assert page.read_text() == (
            "# Titre\n\n| P-01 | Une phrase. | `a`<br>`b`<br>`c` |\n| P-02 | Deux. |  |\n"
        )
