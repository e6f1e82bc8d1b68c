"""The copy of the journal outside the database: whole, appended once, and it shows what was altered."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tandem.journal.outside import CopyAlteredError, copy_outside, read_copy
from tandem.journal.tests.cast import AT, BY_CHARLIE, SIGNED, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(tmp_path: Path, settings: Any) -> Path:
    settings.TANDEM_JOURNAL_COPY = str(tmp_path / "elsewhere" / "journal.jsonl")
    return tmp_path / "elsewhere" / "journal.jsonl"


class TestTheCopy:
    def test_receives_each_line_once(self, copy: Path) -> None:
        """R-24: what a backup lacks is told by the copy."""
        first, other = write(), write(BY_CHARLIE)
        assert copy_outside(at=AT) == 2
        second = write()

        assert copy_outside(at=AT) == 1
        assert copy_outside(at=AT) == 0
        assert [line["hash"] for line in read_copy(copy)] == [first.hash, other.hash, second.hash]

    def test_is_read_by_nobody_else(self, copy: Path) -> None:
        write()
        copy_outside(at=AT)

        assert copy.stat().st_mode & 0o077 == 0

    def test_holds_no_clear_value(self, copy: Path) -> None:
        """P-22: what is erased in the database is not kept beside it."""
        entry = write(event=SIGNED, secrets={"name": "Rose Lefèvre", "town": "Valmont"})
        copy_outside(at=AT)

        text = copy.read_text()
        assert entry.hash in text
        assert "Rose" not in text
        assert [s.name for s in entry.secrets.all() if s.salt in text] == []

    def test_heals_a_line_cut_by_a_crash(self, copy: Path) -> None:
        """R-03: killed in the middle of a line, the next round writes it whole."""
        entries = [write(), write()]
        copy_outside(at=AT)
        copy.write_bytes(copy.read_bytes()[:-20])
        assert len(list(read_copy(copy))) == 1

        assert copy_outside(at=AT) == 1
        assert [line["hash"] for line in read_copy(copy)] == [entry.hash for entry in entries]

    def test_shows_an_altered_line(self, copy: Path) -> None:
        """S-30: one word changed in the copy."""
        write()
        write()
        copy_outside(at=AT)
        lines = [json.loads(text) for text in copy.read_text().splitlines()]
        lines[1]["author_kind"] = "operator"
        copy.write_text("".join(json.dumps(line) + "\n" for line in lines))

        with pytest.raises(CopyAlteredError) as altered:
            list(read_copy(copy))

        assert altered.value.args == (2,)

    def test_forgets_what_no_backup_needs_any_more(self, copy: Path) -> None:
        """A.3: backups are kept 35 days; the copy 40."""
        old, new = write(), write(BY_CHARLIE)
        lines = []
        copy_outside(at=AT)
        for text in copy.read_text().splitlines():
            line = json.loads(text)
            if line["hash"] == old.hash:
                line["at"] = "2026-01-01T00:00:00.000000Z"
            lines.append(json.dumps(line) + "\n")
        copy.write_text("".join(lines))

        copy_outside(at=AT + timedelta(minutes=1))

        assert [line["hash"] for line in read_copy(copy)] == [new.hash]
        assert copy.stat().st_mode & 0o077 == 0
