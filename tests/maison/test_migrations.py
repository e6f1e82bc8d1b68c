"""A migration runs while the former version serves (R-22): what blocks a table or the old code is said before.

docs/migrations.md holds one row for each migration that does: what it does, and why that may be, with its measure.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tests.maison import house

PAGE = house.ROOT / "docs" / "migrations.md"
ROW = re.compile(
    r"^\| `(?P<name>[a-z_]+\.\d{4}_\w+)` \| (?P<risks>[^|]+) \| (?P<why>[^|]{20,}) \|$"
)
BLOCKS, READS, REWRITES = "bloque les écritures", "relit la table", "réécrit la table"
OLD_CODE, UNKNOWN = "gêne l’ancien code", "à lire"
LEAVES = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.DeleteModel,
    migrations.AlterModelTable,
)


def risks(
    operation: Operation, before: ProjectState, after: ProjectState, app: str
) -> Iterator[str]:
    """What an operation does to a table full of rows, on PostgreSQL, and to the code of the version before."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from risks(inner, before, after, app)
    elif isinstance(operation, LEAVES):
        yield OLD_CODE
    elif isinstance(operation, migrations.RunPython | migrations.RunSQL):
        yield UNKNOWN
    elif isinstance(operation, migrations.AddIndex):
        yield BLOCKS
    elif isinstance(operation, migrations.AddConstraint):
        yield BLOCKS if isinstance(operation.constraint, models.UniqueConstraint) else READS
    elif isinstance(operation, migrations.AddField):
        yield from _of_a_new_field(operation.field)
    elif isinstance(operation, migrations.AlterField):
        yield from _of_a_changed_field(operation, before, after, app)


def _of_a_new_field(field: Any) -> Iterator[str]:
    if field.db_index or field.unique or field.is_relation:
        yield BLOCKS
    if not field.null and not field.has_db_default():
        # Django fills it and drops the default: the code before does not know that it must write it.
        yield OLD_CODE


def _of_a_changed_field(
    operation: migrations.AlterField, before: ProjectState, after: ProjectState, app: str
) -> Iterator[str]:
    old = before.models[app, operation.model_name_lower].get_field(operation.name)
    new = after.models[app, operation.model_name_lower].get_field(operation.name)
    # Choices and words change nothing in the table.
    if type(old) is not type(new) or old.max_length != new.max_length:
        yield REWRITES
    if old.null and not new.null:
        yield READS
    if (new.db_index and not old.db_index) or (new.unique and not old.unique):
        yield BLOCKS


def risky() -> dict[str, set[str]]:
    """Each migration of the house that needs a row, and what it does."""
    loader = MigrationLoader(None)
    found: dict[str, set[str]] = {}
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if not migration.__module__.startswith("tandem.") or name.startswith("0001"):
            continue
        state = loader.project_state((app, name), at_end=False)
        for operation in migration.operations:
            before = state.clone()
            operation.state_forwards(app, state)
            if done := set(risks(operation, before, state, app)):
                found.setdefault(f"{app}.{name}", set()).update(done)
    return found


def said() -> dict[str, set[str]]:
    """What the page says of each."""
    matches = (ROW.fullmatch(line) for line in PAGE.read_text().splitlines())
    return {m["name"]: set(m["risks"].strip().split(", ")) for m in matches if m}


def test_each_migration_that_blocks_or_breaks_says_why_it_may() -> None:
    """R-22: a new one without its row fails; a row that says less or more fails too."""
    assert risky() == said()


def test_no_migration_rewrites_a_table() -> None:
    """R-22: that is minutes under an exclusive lock at 300,000 mandats: a new column is filled beside instead."""
    assert [name for name, done in risky().items() if REWRITES in done] == []


class TestTheRisks:
    @pytest.mark.parametrize(
        ("operation", "expected"),
        [
            (migrations.AddIndex("mandat", models.Index(fields=["kind"], name="i")), {BLOCKS}),
            (migrations.AddConstraint("mandat", models.UniqueConstraint(fields=["kind"], name="u")), {BLOCKS}),
            (
                migrations.AddConstraint("mandat", models.CheckConstraint(condition=models.Q(kind="x"), name="c")),
                {READS},
            ),
            (migrations.AddField("mandat", "more", models.TextField(null=True)), set()),
            (migrations.AddField("mandat", "more", models.TextField(default="")), {OLD_CODE}),
            (migrations.AddField("mandat", "more", models.TextField(db_default="")), set()),
            (migrations.AddField("mandat", "more", models.TextField(null=True, db_index=True)), {BLOCKS}),
            (migrations.AlterField("mandat", "kind", models.CharField(max_length=9, choices=[("x", "y")])), set()),
            (migrations.AlterField("mandat", "kind", models.CharField(max_length=99)), {REWRITES}),
            (migrations.AlterField("mandat", "kind", models.TextField()), {REWRITES}),
            (migrations.AlterField("mandat", "kind", models.CharField(max_length=9, unique=True)), {BLOCKS}),
            (migrations.AlterField("mandat", "seal", models.CharField(max_length=9)), {READS}),
            (migrations.RemoveField("mandat", "kind"), {OLD_CODE}),
            (migrations.RenameField("mandat", "kind", "sort"), {OLD_CODE}),
            (migrations.DeleteModel("mandat"), {OLD_CODE}),
            (migrations.RunSQL("UPDATE x SET y = 1"), {UNKNOWN}),
            (migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("mandat")]), set()),
        ],
    )  # fmt: skip
    def test_of_each_kind_of_operation_are_seen(
        self, operation: Operation, expected: set[str]
    ) -> None:
        """The control of the law above."""
        fields: list[tuple[str, models.Field[Any, Any]]] = [
            ("id", models.BigAutoField(primary_key=True)),
            ("kind", models.CharField(max_length=9)),
            ("seal", models.CharField(max_length=9, null=True)),
        ]
        before = ProjectState()
        migrations.CreateModel("mandat", fields).state_forwards("x", before)
        after = before.clone()
        operation.state_forwards("x", after)

        assert set(risks(operation, before, after, "x")) == expected
