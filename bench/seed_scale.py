"""Fills an installation with the size of a region: mandats of one structure, of many others, and a long journal.

A few hundred rows are true; the others are copies of the last one, under identifiers of their own: what they hide
cannot be opened, and no page opens it. PostgreSQL only. The journal's guards are off while its rows are written,
and its chains are those of nobody: for reading beside them, never to be verified.

`python -m bench.seed_scale HERE ELSEWHERE ENTRIES`; prints the public identifier of a person of the structure.
"""

import secrets
import sys
from datetime import datetime, timedelta
from typing import Any

import django

TRUE_ROWS = 200
EACH_STRUCTURE = 5_000
# What each copy has of its own; `g` is its number, `u` the person it is of.
_OWN_PERSON = {
    "public_id": "gen_random_uuid()",
    "sub_index": "md5(random()::text) || md5(g::text)",
    "identity_index": "md5(random()::text) || md5(g::text)",
    "last_contact_at": "t.last_contact_at - g * interval '5 minutes'",
}
_OWN_MANDAT = {
    "public_id": "gen_random_uuid()",
    "usager_id": "u.id",
    "seal": "md5(random()::text) || md5(u.id::text)",
    "verification_index": "md5(random()::text) || md5(u.id::text)",
    "signed_at": "t.signed_at - (u.id % 200000) * interval '1 minute'",
    "ends_at": "t.ends_at - (u.id % 200000) * interval '1 minute' + interval '140 days'",
}
_OWN_LINE = {
    "public_id": "gen_random_uuid()",
    "usager_id": "u.usager_id",
    "mandat_id": "u.id",
    "started_at": "u.signed_at",
    "ends_at": "u.ends_at",
}


def main(here: int, elsewhere: int, entries: int) -> None:
    """Write everything; what was there stays."""
    django.setup()
    from django.db import connection

    from tandem.kernel import clock
    from tandem.structures.models import Affectation
    from tandem.structures.tests.factories import AffectationFactory

    if connection.vendor != "postgresql":
        raise SystemExit("copies are written in PostgreSQL only")
    now = clock.now()
    alice = Affectation.objects.filter(compte__given_name="Alice").order_by("pk")[0]
    person = write_mandats(alice, here, now)
    for _number in range(0, elsewhere, EACH_STRUCTURE):
        write_mandats(AffectationFactory.create(), min(EACH_STRUCTURE, elsewhere), now)
    write_journal(entries, now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(person)


def write_mandats(aidant: Any, count: int, now: datetime) -> str:
    """So many people, each with one mandat of one line, signed over the last five months."""
    from tandem.mandats.models import Autorisation, Mandat
    from tandem.usagers.models import Usager
    from tandem.usagers.tests.factories import UsagerFactory

    people = Usager.objects.bulk_create(
        UsagerFactory.build(
            structure=aidant.structure,
            sub_index=secrets.token_hex(32),
            identity_index=secrets.token_hex(32),
            last_contact_at=now - timedelta(minutes=5 * number),
        )
        for number in range(min(count, TRUE_ROWS))
    )
    mandats = Mandat.objects.bulk_create(
        _mandat(Mandat, aidant, person, now - timedelta(minutes=4 * number))
        for number, person in enumerate(people)
    )
    lines = Autorisation.objects.bulk_create(
        Autorisation(
            mandat=row,
            structure=row.structure,
            usager=row.usager,
            scope="theme:logement",
            theme="logement",
            presence_allowed=["presence", "telephone"],
            started_at=row.signed_at,
            ends_at=row.ends_at,
        )
        for row in mandats
    )
    if count > TRUE_ROWS:
        _copy(people[-1], mandats[-1], lines[-1], count - TRUE_ROWS)
    return str(people[0].public_id)


def _copy(person: Any, mandat: Any, line: Any, count: int) -> None:
    from django.db import connection

    after = person.pk
    with connection.cursor() as cursor:
        _insert(cursor, person, _OWN_PERSON, f"generate_series(1, {count}) g")
        _insert(cursor, mandat, _OWN_MANDAT, f"usagers_usager u WHERE u.id > {after}")
        _insert(cursor, line, _OWN_LINE, f"mandats_mandat u WHERE u.id > {mandat.pk}")


def _insert(cursor: Any, row: Any, own: dict[str, str], beside: str) -> None:
    meta = type(row)._meta
    columns = [field.column for field in meta.concrete_fields if field.column != "id"]
    values = ", ".join(own.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    source = f"(SELECT * FROM {meta.db_table} WHERE id = {row.pk}) t, {beside}"  # noqa: S608 — our own tables
    cursor.execute(f"INSERT INTO {meta.db_table} ({names}) SELECT {values} FROM {source}")  # noqa: S608 — same


def _mandat(model: Any, aidant: Any, person: Any, at: datetime) -> Any:
    return model(
        structure=aidant.structure,
        usager=person,
        signed_by=aidant,
        signed_at=at,
        ends_at=at + timedelta(days=182),
        duree="six_mois",
        # A snapshot of a mandat of three lines is that long.
        snapshot="x" * 3_000,
        seal=secrets.token_hex(32),
        text_version="2026-11",
        language="fr",
        consent_method="franceconnect",
        rung="franceconnect",
        verification_code=secrets.token_hex(8),
        verification_index=secrets.token_hex(32),
    )


def write_journal(count: int, now: datetime) -> None:
    """Lines of chains of nobody, a thousand lines each."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute(
            """
            INSERT INTO journal_entry (chain, seq, at, event, author_kind, author_id, subject_label, subject_id,
                about, facts_text, commitments_text, previous_hash, hash)
            SELECT 'bench-' || (n / 1000), n %% 1000 + 1, %s - n * interval '20 seconds', 'usagers.read', 'aidant',
                gen_random_uuid(), 'usager', gen_random_uuid(), gen_random_uuid(), '{}', '{}',
                md5(n::text) || md5('a' || n), md5((n + 1)::text) || md5('a' || (n + 1))
            FROM generate_series(1, %s) n
            """,
            [now, count],
        )
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
