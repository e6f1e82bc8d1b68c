from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from tandem.journal.models import Checkpoint
from tandem.journal.tests.cast import AT, BY_CHARLIE, CCAS, write
from tandem.journal.tests.guards import drop_guards, sql

pytestmark = pytest.mark.django_db


class TestJournalVerify:
    def test_says_that_all_is_well(self) -> None:
        write()
        write(BY_CHARLIE)
        out = StringIO()

        call_command("journal_verify", stdout=out)

        assert out.getvalue() == "Journal intact : 2 lignes, 2 chaînes, 0 points de contrôle.\n"

    def test_names_the_break_and_leaves_with_one(self) -> None:
        """S-30: the first false line, in French."""
        write()
        drop_guards(connection)
        sql("UPDATE journal_entry SET event = 'sample.signed'")
        out, err = StringIO(), StringIO()

        with pytest.raises(SystemExit) as caught:
            call_command("journal_verify", stdout=out, stderr=err)

        assert caught.value.code == 1
        assert err.getvalue().splitlines() == [
            f"{CCAS} : la ligne 1 a été modifiée.",
            "JOURNAL ALTÉRÉ : 1 lignes, 1 chaînes, 0 points de contrôle.",
        ]


class TestJournalCheckpoint:
    def test_prints_what_is_worth_keeping(self) -> None:
        out = StringIO()

        with time_machine.travel(AT, tick=False):
            call_command("journal_checkpoint", stdout=out)

        checkpoint = Checkpoint.objects.get()
        assert checkpoint.at == AT
        assert out.getvalue().splitlines() == [
            *checkpoint.statement.splitlines(),
            f"key: {checkpoint.key.public_key}",
            f"signature: {checkpoint.signature}",
        ]


class TestJournalExport:
    def test_writes_one_line_for_each_and_no_clear_value(self, tmp_path: Path) -> None:
        write()
        write(BY_CHARLIE)
        call_command("journal_checkpoint", stdout=StringIO())
        out = StringIO()

        call_command("journal_export", stdout=out)
        call_command("journal_export", "--chain", str(CCAS), "--output", tmp_path / "one.jsonl")

        assert len(out.getvalue().splitlines()) == 3
        assert len((tmp_path / "one.jsonl").read_text().splitlines()) == 2
