"""The papers of the operator tell the truth: the impact assessment, the security checklist, the guide."""

import csv
import re
from collections import Counter

import pytest

from docs import aipd
from tests.maison import house

ASVS = house.ROOT / "docs" / "asvs.csv"
SHOWN = {"test", "configuration", "document"}


def rows() -> list[dict[str, str]]:
    with ASVS.open(newline="") as file:
        return list(csv.DictReader(file))


def missing(evidence: str) -> list[str]:
    """What a row cites and that does not stand: a path, or a name inside a file."""
    wrong = []
    for cited in evidence.split():
        path, _, name = cited.partition("::")
        file = house.ROOT / path
        if not file.exists() or (
            name and not re.search(rf"(class|def) {name}\b", file.read_text())
        ):
            wrong.append(cited)
    return wrong


class TestTheImpactAssessment:
    def test_is_what_the_tags_of_the_models_say(self) -> None:
        """A.5: a field added, a duration changed, and the page is out of date: `make aipd`."""
        assert aipd.PAGE.read_text() == aipd.page()

    def test_would_notice_a_field_that_changed_its_tag(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        privacy = aipd.models()[0].privacy
        monkeypatch.setattr(privacy, "purpose", "Autre chose.")

        assert aipd.PAGE.read_text() != aipd.page()

    def test_names_every_table_of_the_house(self) -> None:
        text = aipd.PAGE.read_text()
        assert [m.__name__ for m in aipd.models() if f"| {m.__name__} |" not in text] == []
        assert "<!--" not in text


class TestTheSecurityChecklist:
    def test_holds_the_whole_of_levels_one_and_two(self) -> None:
        """A-20: 253 requirements of ASVS 5.0, 225 that apply (68 and 157), 19 chosen at level 3; each once."""
        found = rows()
        applies = Counter(row["niveau"] for row in found if row["etat"] != "sans objet")
        aside = Counter(row["niveau"] for row in found if row["etat"] == "sans objet")

        assert applies == {"1": 68, "2": 157, "3": 19}
        assert aside == {"1": 2, "2": 26}
        assert len({row["exigence"] for row in found}) == len(found)
        assert [row for row in found if not re.fullmatch(r"\d+\.\d+\.\d+", row["exigence"])] == []

    def test_cites_evidence_that_stands(self) -> None:
        """A-20: a path, and a class or a test inside it; or says honestly that there is none yet."""
        found = rows()

        assert {row["etat"] for row in found} == {*SHOWN, "pas encore", "sans objet"}
        assert [
            r["exigence"] for r in found if r["etat"] in SHOWN and not r["preuve"].strip()
        ] == []
        assert [r["exigence"] for r in found if r["etat"] == "pas encore" and r["preuve"]] == []
        assert [r["exigence"] for r in found if r["etat"] == "sans objet" and not r["preuve"]] == []
        wrong = {
            r["exigence"]: lost
            for r in found
            if r["etat"] in SHOWN and (lost := missing(r["preuve"]))
        }
        assert wrong == {}

    def test_calls_test_only_what_is_one(self) -> None:
        named = [r for r in rows() if r["etat"] == "test"]
        assert [r["exigence"] for r in named if "test" not in r["preuve"]] == []

    def test_would_notice_evidence_that_went_away(self) -> None:
        assert missing("tests/maison/test_papers.py::TestTheSecurityChecklist") == []
        assert missing("tests/maison/test_papers.py::TestGone docs/gone.md") == [
            "tests/maison/test_papers.py::TestGone",
            "docs/gone.md",
        ]
