"""The checker of invariants, broken one by one: a check that cannot fail shows nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fiabilite.invariants import CHECKS, Database, _hash

TABLES = {
    "mandats_mandat": "id, public_id, seal, snapshot, consent_method, ended_at",
    "mandats_autorisation": (
        "id, public_id, mandat_id, structure_id, usager_id, scope, started_at, ends_at, ended_at"
    ),
    "mandats_usage": 'id, public_id, "transaction"',
    "journal_entry": (
        "id, chain, seq, at, event, author_kind, author_id, subject_label, subject_id, about,"
        " facts_text, commitments_text, previous_hash, hash"
    ),
    "journal_checkpoint": "id, number, heads",
    "oidc_provider_transaction": "id, public_id, autorisation_id",
    "oidc_provider_authorizationcode": "id, public_id, transaction_id, used_at",
    "oidc_provider_accesstoken": "id, public_id, code_id, used_at",
    "envois_message": "id, public_id, about, body, sent_at, failed_at",
    "usagers_usager": "id, public_id",
    "fichiers_storedfile": "id, public_id, erased_at",
}
EARLY, NOON, LATE = ("2026-11-22 08:00:00", "2026-11-22 12:00:00", "2027-11-22 12:00:00")


class Sound:
    """A database where everything holds: one mandat, one identity, one message, one file."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'sound.sqlite3'}"
        self.files = folder / "fichiers"
        (self.files / "ff").mkdir(parents=True)
        (self.files / "ff" / "ff01").touch()
        self.connection = sqlite3.connect(folder / "sound.sqlite3")
        for table, columns in TABLES.items():
            self.connection.execute(f"CREATE TABLE {table} ({columns})")
        self._last = ("0" * 64, 0)
        self.put("usagers_usager", 1, "aa01")
        self.put("mandats_mandat", 1, "bb01", "seal", "words", "franceconnect", None)
        self.put("mandats_autorisation", 1, "cc01", 1, 1, 1, "theme:social", EARLY, LATE, None)
        self.put("mandats_usage", 1, "ab01", "dd01")
        self.put("oidc_provider_transaction", 1, "dd01", 1)
        self.put("oidc_provider_authorizationcode", 1, "ee01", 1, NOON)
        self.put("oidc_provider_accesstoken", 1, "ef01", 1, NOON)
        self.put("envois_message", 1, "fe01", "aa01", None, NOON, None)
        self.put("fichiers_storedfile", 1, "ff01", None)
        self.line("mandats.signed", "bb01", '{"seal":"seal"}')
        self.line("mandats.autorisation_opened", "cc01")
        self.line("mandats.autorisation_used", "cc01", '{"transaction":"transaction:dd01"}')
        self.line("oidc_provider.identity_released", "dd01", '{"transaction":"dd01"}')
        self.put("journal_checkpoint", 1, 1, f"one {self._last[1]} {self._last[0]}\n")

    def put(self, table: str, *values: object) -> None:
        """One row."""
        marks = ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - our own names

    def line(self, event: str, subject: str, facts: str = "{}") -> None:
        """One line of the journal, that follows."""
        row = {
            "chain": "one", "seq": self._last[1] + 1, "at": Database.instant(NOON), "event": event,
            "author_kind": "aidant", "author_id": None, "subject_label": "x", "subject_id": subject,
            "about": None, "facts_text": facts, "commitments_text": "{}",
            "previous_hash": self._last[0],
        }  # fmt: skip
        digest = _hash(row)
        self.put("journal_entry", row["seq"], *({**row, "at": NOON}).values(), digest)
        self._last = (digest, self._last[1] + 1)

    def found(self, *told: dict[str, str], at_rest: bool = True) -> set[str]:
        """The invariants broken."""
        self.connection.commit()
        database = Database(self.url)
        database.files, database.at_rest, database.told = self.files, at_rest, list(told)
        words = [violation for check in CHECKS for violation in check(database)]
        database.close()
        return {word[:2] for word in words}


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[Sound]:
    base = Sound(tmp_path)
    yield base
    base.connection.close()


BREAKS = [
    ("I1", "DELETE FROM mandats_autorisation"),
    ("I1", "UPDATE mandats_mandat SET consent_method = ''"),
    ("I1", "UPDATE mandats_mandat SET seal = 'another'"),
    ("I1", "DELETE FROM mandats_mandat"),
    ("I2", "UPDATE mandats_autorisation SET ended_at = '2026-11-22 18:00:00'"),
    ("I2", "UPDATE mandats_autorisation SET public_id = 'cc02'"),
    ("I3", "INSERT INTO mandats_autorisation VALUES (2, 'cc02', 1, 1, 1, 'theme:social', NULL, NULL, NULL)"),
    ("I4", "UPDATE oidc_provider_transaction SET public_id = 'dd02'"),
    ("I4", "UPDATE mandats_autorisation SET ends_at = '2026-11-22 09:00:00'"),
    ("I4", "UPDATE mandats_autorisation SET ended_at = '2026-11-22 11:59:59'"),
    ("I4", "DELETE FROM oidc_provider_accesstoken"),
    ("I4", "INSERT INTO mandats_usage VALUES (2, 'ab02', 'dd09')"),
    ("I5", "INSERT INTO oidc_provider_accesstoken VALUES (2, 'ef02', 1, NULL)"),
    ("I5", "UPDATE oidc_provider_authorizationcode SET used_at = NULL"),
    ("I6", "DELETE FROM journal_entry WHERE seq = 2"),
    ("I6", "DELETE FROM journal_entry WHERE seq = 4"),
    ("I6", "UPDATE journal_entry SET facts_text = '{\"a\":1}' WHERE seq = 2"),
    ("I8", "UPDATE envois_message SET failed_at = sent_at"),
    ("I8", "UPDATE envois_message SET body = 'words'"),
    ("I8", "UPDATE envois_message SET sent_at = NULL"),
    ("I8", "UPDATE envois_message SET about = 'aa09'"),
    ("I9", "DELETE FROM fichiers_storedfile"),
    ("I9", "INSERT INTO fichiers_storedfile VALUES (2, 'ff02', NULL)"),
]  # fmt: skip


class TestTheChecker:
    def test_finds_nothing_where_everything_holds(self, sound: Sound) -> None:
        told = [{"kind": "signed", "key": "bb01"}, {"kind": "released", "key": "dd01"}]
        assert sound.found(*told, {"kind": "queued", "key": "fe01"}) == set()

    @pytest.mark.parametrize(("name", "words"), BREAKS)
    def test_finds_each_break(self, sound: Sound, name: str, words: str) -> None:
        """R-01, R-02, R-03: I1 to I9, each seen to fail."""
        assert sound.connection.execute(words).rowcount > 0
        assert name in sound.found()

    @pytest.mark.parametrize("kind", ["signed", "stopped", "released", "queued"])
    def test_finds_what_was_said_and_is_not_there(self, sound: Sound, kind: str) -> None:
        assert sound.found({"kind": kind, "key": "0909"}) == {"I7"}

    def test_lets_a_message_wait_while_work_goes_on(self, sound: Sound) -> None:
        sound.connection.execute("UPDATE envois_message SET sent_at = NULL")
        assert sound.found(at_rest=False) == set()
