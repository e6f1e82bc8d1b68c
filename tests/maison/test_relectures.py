"""docs/relectures.md tells the truth: each text meant for people is there, and says who has read it again (A-09).

Nothing is called read before someone concerned has read it.
"""

import re
import tomllib
from pathlib import Path

from tests.maison import house

PAGE = house.ROOT / "docs" / "relectures.md"
ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| (?P<what>[^|]+) \| (?P<by>[^|]+) \| (?P<state>[^|]+) \|$"
)
NOT_YET = "pas encore relu"
READ = re.compile(r"^relu le \d{2}/\d{2}/\d{4} par \S.*$")
# A list of words that a message must not hold, names of places: nobody reads them as a text.
NO_TEXT = {"tandem/usagers/textes/mots-indiscrets.txt", "tandem/referentiels/data/communes.toml"}
# A module that writes a document, or a message to the person, holds its sentences.
WRITES = re.compile(r"(?<!class )\bDocument\(|(?<!def )\b(?:tell_usager|paragraph|idea)\(")
PRINTED = '{% extends "ui/base_print.html" %}'


def texts(root: Path) -> set[str]:
    """Every file whose sentences the people helped read, hear or take home."""
    found = {
        *root.glob("tandem/*/textes/**/*.txt"),
        *root.glob("tandem/*/textes/**/*.toml"),
        *root.glob("tandem/*/data/**/*.toml"),
        *(one for one in root.glob("tandem/*/templates/**/*.html") if PRINTED in one.read_text()),
        *(one for one in root.glob("tandem/**/*.py") if _writes(one.relative_to(root), one)),
    }
    return {str(one.relative_to(root)) for one in found} - NO_TEXT


def _writes(name: Path, file: Path) -> bool:
    return "tests" not in name.parts and WRITES.search(file.read_text()) is not None


def rows(page: str) -> dict[str, tuple[str, str, str]]:
    """What the page says of each file: what it is, who should read it, who has."""
    found = [match for line in page.splitlines() if (match := ROW.match(line))]
    assert len(found) == len({match["file"] for match in found}), "a file has two rows"
    return {match["file"]: (match["what"], match["by"], match["state"]) for match in found}


def not_sure(file: str) -> set[str]:
    """The keys whose source could not be read again."""
    data = tomllib.loads((house.TANDEM / "referentiels" / "data" / file).read_text())
    tables = [one for value in data.values() if isinstance(value, list) for one in value]
    return {one.get("key") or one["slug"] for one in tables if one.get("sure") is False}


def listed(page: str, title: str) -> set[str]:
    """The keys under a title of the page."""
    part = page.split(f"### {title}\n", 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"`([a-z0-9-]+)`", part))


class TestThePageOfReadings:
    def test_has_a_row_for_each_text_and_no_other(self) -> None:
        """A-09: a text, a letter, a printed page or a message added without a row fails here."""
        said = set(rows(PAGE.read_text()))
        assert sorted(texts(house.ROOT) - said) == [], "not in docs/relectures.md"
        assert sorted(said - texts(house.ROOT)) == [], "in docs/relectures.md, but no such text"

    def test_says_who_should_read_and_whether_someone_has(self) -> None:
        """A-09: « pas encore relu », or a day and a name."""
        for file, (what, by, state) in rows(PAGE.read_text()).items():
            assert what.strip(), file
            assert by.strip(), file
            assert state == NOT_YET or READ.match(state), f"{file}: {state}"

    def test_names_each_deadline_whose_source_is_not_sure(self) -> None:
        """A deadline that nobody could read again in its source is said to be so, by name."""
        page = PAGE.read_text()
        assert listed(page, "Règles (`regles.toml`)") == not_sure("regles.toml")
        assert listed(page, "Démarches et retours (`delais.toml`)") == not_sure("delais.toml")


class TestTheToolBehindIt:
    def test_finds_a_text_a_letter_a_printed_page_and_a_message(self, tmp_path: Path) -> None:
        """What it would not see, nobody would be asked to read."""
        for name, words in {
            "tandem/a/textes/2026/ar.txt": "…",
            "tandem/a/data/lettres/x.toml": "…",
            "tandem/a/templates/a/paper.html": f"{PRINTED}…",
            "tandem/a/templates/a/page.html": '{% extends "ui/base.html" %}',
            "tandem/a/actions.py": "tell_usager(\n",
            "tandem/a/sheet.py": "return Document(",
            "tandem/a/rules.py": "class Document(NamedTuple):",
            "tandem/a/tests/test_x.py": "tell_usager(",
        }.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(words)
        assert texts(tmp_path) == {
            "tandem/a/textes/2026/ar.txt", "tandem/a/data/lettres/x.toml", "tandem/a/actions.py",
            "tandem/a/templates/a/paper.html", "tandem/a/sheet.py",
        }  # fmt: skip

    def test_reads_a_row(self) -> None:
        line = "| `a/b.txt` | Le texte | des personnes | pas encore relu |"
        assert rows(line) == {"a/b.txt": ("Le texte", "des personnes", NOT_YET)}
        assert not READ.match("relu")
        assert READ.match("relu le 01/12/2026 par trois personnes du CCAS")
