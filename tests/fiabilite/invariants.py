"""The checker: reads the database in plain SQL, knows nothing of the application, says what must never be (I1–I9).

    python tests/fiabilite/invariants.py DATABASE_URL [--acknowledged FILE] [--files FOLDER] [--at-rest]

FILE holds one JSON object a line: what a client was told had been done. Each line printed is a violation;
leaves with 1 when there is one.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

Row = dict[str, Any]
Check = Callable[["Database"], Iterator[str]]
FORMAT = "tandem-journal-1"


class Database:
    """Rows of a table, with identifiers as 32 hexadecimal digits and instants in UTC, whatever the database."""

    def __init__(self, url: str) -> None:
        self.files: Path | None = None
        self.at_rest = False
        self.told: list[Row] = []
        self._kept: dict[str, list[Row]] = {}
        if url.startswith("sqlite:///"):
            self._connection: Any = sqlite3.connect(f"file:{url[10:]}?mode=ro", uri=True)
            self._connection.execute("BEGIN")
        else:
            self._connection = psycopg.connect(url)
            # One view of everything, whatever is written meanwhile.
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def close(self) -> None:
        """Read no more."""
        self._connection.close()

    @staticmethod
    def instant(text: str) -> datetime:
        """An instant, as the rows give it."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def rows(self, table: str) -> list[Row]:
        """Every row."""
        if table not in self._kept:
            cursor = self._connection.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - our own names
            names = [column[0] for column in cursor.description]
            self._kept[table] = [
                {name: _plain(name, value) for name, value in zip(names, row, strict=True)}
                for row in cursor
            ]
        return self._kept[table]

    def by(self, table: str, name: str) -> dict[Any, list[Row]]:
        """The rows of each value of a column."""
        found: dict[Any, list[Row]] = {}
        for row in self.rows(table):
            found.setdefault(row[name], []).append(row)
        return found

    def lines(self, event: str, subject: str) -> int:
        """How many lines of the journal tell this of this object."""
        if "counted" not in self.__dict__:
            self.counted = Counter(
                (row["event"], row["subject_id"]) for row in self.rows("journal_entry")
            )
        return self.counted[(event, subject)]

    def of_transaction(self, event: str) -> Counter[str]:
        """How many lines of this event name each transaction."""
        lines = (row for row in self.rows("journal_entry") if row["event"] == event)
        return Counter(_hex(json.loads(line["facts_text"])["transaction"]) for line in lines)


def _hex(value: object) -> str:
    return str(value).rpartition(":")[2].replace("-", "")


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in {"public_id", "about", "subject_id", "author_id", "transaction", "owner_id"}:
        return _hex(value)
    if name.endswith("_at") or name in {"at", "leased_until"}:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return value


def i1_mandats_stand_whole(database: Database) -> Iterator[str]:
    """I1: at least one autorisation, a consent, a seal, a line of creation that holds the seal."""
    lines = database.by("mandats_autorisation", "mandat_id")
    sealed = Counter(
        json.loads(row["facts_text"])["seal"]
        for row in database.rows("journal_entry")
        if row["event"] == "mandats.signed"
    )
    for mandat in database.rows("mandats_mandat"):
        name = f"I1 mandat {mandat['public_id']}"
        if mandat["id"] not in lines:
            yield f"{name}: no autorisation"
        if not mandat["consent_method"] or not mandat["snapshot"]:
            yield f"{name}: no consent or no snapshot"
        if sealed[mandat["seal"]] != 1:
            yield f"{name}: {sealed[mandat['seal']]} lines hold its seal"
    orphans = sum(sealed.values()) - len(database.rows("mandats_mandat"))
    if orphans:
        yield f"I1: {orphans} lines of creation without their mandat"


def i2_autorisations_are_told(database: Database) -> Iterator[str]:
    """I2: a line for its beginning, and for its end when it ended."""
    for row in database.rows("mandats_autorisation"):
        name = f"I2 autorisation {row['public_id']}"
        if database.lines("mandats.autorisation_opened", row["public_id"]) != 1:
            yield f"{name}: its beginning is not told once"
        told = database.lines("mandats.autorisation_ended", row["public_id"])
        if told != int(row["ended_at"] is not None):
            yield f"{name}: its end is told {told} times"


def i3_one_live_line(database: Database) -> Iterator[str]:
    """I3: at most one live autorisation for a structure, a person and a scope."""
    live = Counter(
        (row["structure_id"], row["usager_id"], row["scope"])
        for row in database.rows("mandats_autorisation")
        if row["ended_at"] is None
    )
    for key, count in live.items():
        if count > 1:
            yield f"I3 {count} live autorisations for {key}"


def i4_releases_are_told(database: Database) -> Iterator[str]:
    """I4: each release has exactly one line, under an autorisation alive at that instant."""
    told = database.of_transaction("oidc_provider.identity_released")
    used = database.of_transaction("mandats.autorisation_used")
    codes = {row["id"]: row for row in database.rows("oidc_provider_authorizationcode")}
    transactions = {row["id"]: row for row in database.rows("oidc_provider_transaction")}
    rows = {row["id"]: row for row in database.rows("mandats_autorisation")}
    released = set()
    for token in database.rows("oidc_provider_accesstoken"):
        if token["used_at"] is None:
            continue
        transaction = transactions[codes[token["code_id"]]["transaction_id"]]
        released.add(transaction["public_id"])
        name = f"I4 transaction {transaction['public_id']}"
        if told[transaction["public_id"]] != 1:
            yield f"{name}: its release is told {told[transaction['public_id']]} times"
        row = rows.get(transaction["autorisation_id"])
        if row is None:
            yield f"{name}: released under no autorisation"
            continue
        until = min(filter(None, (row["ended_at"], row["ends_at"])))
        if not row["started_at"] <= token["used_at"] < until:
            yield f"{name}: released when its autorisation was not alive"
    for transaction_id in told.keys() - released:
        yield f"I4 transaction {transaction_id}: told and not released"
    for row in database.rows("mandats_usage"):
        if used[row["transaction"]] != 1:
            yield f"I4 usage {row['transaction']}: told {used[row['transaction']]} times"


def i5_codes_serve_once(database: Database) -> Iterator[str]:
    """I5: at most one token for a code, and none for a code nobody presented."""
    codes = {row["id"]: row for row in database.rows("oidc_provider_authorizationcode")}
    for code, tokens in database.by("oidc_provider_accesstoken", "code_id").items():
        if len(tokens) > 1:
            yield f"I5 code {codes[code]['public_id']}: {len(tokens)} tokens"
        if codes[code]["used_at"] is None:
            yield f"I5 code {codes[code]['public_id']}: a token, and never presented"


def i6_chains_hold(database: Database) -> Iterator[str]:
    """I6: numbers without a gap, hashes that follow, and the heads of the last checkpoint."""
    heads: dict[str, dict[int, str]] = {}
    last: dict[str, tuple[int, str]] = {}
    entries = sorted(database.rows("journal_entry"), key=lambda row: (row["chain"], row["seq"]))
    for row in entries:
        seq, previous = last.get(row["chain"], (0, "0" * 64))
        name = f"I6 line {row['seq']} of {row['chain']}"
        if row["seq"] != seq + 1:
            yield f"{name}: follows line {seq}"
        if row["previous_hash"] != previous or row["hash"] != _hash(row):
            yield f"{name}: does not chain"
        last[row["chain"]] = (row["seq"], row["hash"])
        heads.setdefault(row["chain"], {})[row["seq"]] = row["hash"]
    for checkpoint in database.rows("journal_checkpoint"):
        for chain, number, digest in map(str.split, checkpoint["heads"].splitlines()):
            if heads.get(chain, {}).get(int(number)) != digest:
                yield f"I6 checkpoint {checkpoint['number']}: {chain} {number} is not there"


def _hash(row: Row) -> str:
    values = (
        FORMAT, row["chain"], str(row["seq"]),
        row["at"].replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
        row["event"], row["author_kind"], row["author_id"] or "", row["subject_label"],
        row["subject_id"], row["about"] or "", row["facts_text"], row["commitments_text"],
        row["previous_hash"],
    )  # fmt: skip
    return hashlib.sha256("".join(f"{len(v)}:{v}" for v in values).encode()).hexdigest()


def i7_what_was_said_is_there(database: Database) -> Iterator[str]:
    """I7: each thing that a client was told had been done is in the database."""
    mandats = {row["public_id"]: row for row in database.rows("mandats_mandat")}
    released = database.of_transaction("oidc_provider.identity_released")
    messages = {row["public_id"]: row for row in database.rows("envois_message")}
    ok: dict[str, Callable[[str], object]] = {
        "signed": lambda key: key in mandats,
        "stopped": lambda key: key in mandats and mandats[key]["ended_at"] is not None,
        "released": lambda key: released[key] == 1,
        "queued": lambda key: key in messages,
    }
    for told in database.told:
        if not ok[told["kind"]](_hex(told["key"])):
            yield f"I7 {told['kind']} {told['key']}: said, and not there"


def i8_messages_end_once(database: Database) -> Iterator[str]:
    """I8: one final state at most, no words kept after it, nobody's message; at rest, a final state."""
    people = {row["public_id"] for row in database.rows("usagers_usager")}
    for row in database.rows("envois_message"):
        name = f"I8 message {row['public_id']}"
        ends = [row[end] for end in ("sent_at", "failed_at") if row[end] is not None]
        if len(ends) > 1 or (ends and row["body"] is not None):
            yield f"{name}: two ends, or words after its end"
        if database.at_rest and not ends:
            yield f"{name}: waits still"
        if row["about"] and row["about"] not in people:
            yield f"{name}: about nobody"


def i9_files_have_rows(database: Database) -> Iterator[str]:
    """I9: each file kept has a row, each row its file; the content is encrypted, its hash is not read here."""
    if database.files is None:
        return
    kept = {
        row["public_id"] for row in database.rows("fichiers_storedfile") if not row["erased_at"]
    }
    there = {_hex(path.stem) for path in database.files.rglob("*") if path.is_file()}
    for name in kept ^ there:
        yield f"I9 file {name}: {'no file' if name in kept else 'no row'}"


CHECKS: tuple[Check, ...] = (
    i1_mandats_stand_whole, i2_autorisations_are_told, i3_one_live_line, i4_releases_are_told,
    i5_codes_serve_once, i6_chains_hold, i7_what_was_said_is_there, i8_messages_end_once,
    i9_files_have_rows,
)  # fmt: skip


def main() -> int:
    """Print each violation; 1 when there is one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("--acknowledged", type=Path)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--at-rest", action="store_true")
    options = parser.parse_args()
    database = Database(options.database)
    database.files, database.at_rest = options.files, options.at_rest
    if options.acknowledged and options.acknowledged.exists():
        database.told = [json.loads(line) for line in options.acknowledged.open()]
    found = [violation for check in CHECKS for violation in check(database)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
