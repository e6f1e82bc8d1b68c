"""The laws of the house, over the whole house. See ARCHITECTURE.md; laws 1 and 2 also in .importlinter."""

import re
import socket
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.maison import checks, house


def ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("tandem.")]


def routes() -> dict[str, URLPattern]:
    """Every route, by its full name."""
    found: dict[str, URLPattern] = {}

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                walk(pattern.url_patterns, space)
            else:
                found[f"{prefix}{pattern.name or pattern.pattern}"] = pattern

    walk(get_resolver().url_patterns, "")
    return found


def test_every_room_has_a_floor() -> None:
    """Law 1: a new room must take a floor (and .importlinter is exhaustive)."""
    assert [room for room in house.rooms() if room not in house.floors()] == []


@pytest.mark.parametrize("path", house.python_files(tests=True), ids=str)
def test_no_room_imports_anothers_views_or_forms_nor_the_shell(path: Path) -> None:
    """Law 2."""
    assert list(checks.imports_of_views_or_forms(house.room_of(path), path.read_text())) == []


def test_foreign_keys_point_only_down() -> None:
    """Law 3, string references included: Django has resolved them."""
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in ours()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model.__module__.startswith("tandem.")
        and not house.may_see(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", house.templates(), ids=str)
def test_templates_extend_and_include_only_down_without_inline_code(path: Path) -> None:
    """Laws 3 and 7."""
    source = path.read_text()
    assert list(checks.templates_looking_up(house.room_of(path), source)) == []
    assert checks.inline_code(source) == []


def test_every_route_named_anywhere_resolves() -> None:
    """Law 3."""
    known = set(routes())
    named = {
        (route, str(path.relative_to(house.ROOT)))
        for path in [*house.templates(), *house.python_files()]
        for route in checks.routes_named(path.read_text())
    }
    assert sorted(item for item in named if item[0] not in known) == []


def test_every_view_declares_its_access() -> None:
    """Law 4 (the sweep of roles and objects is in test_access.py)."""
    silent = [name for name, route in routes().items() if not getattr(route.callback, "access", "")]
    assert silent == []


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in house.python_files()
        if {"views", "forms"} & {p.stem, p.parent.name} or p.stem.startswith(("views_", "forms_"))
    ],
    ids=str,
)
def test_views_and_forms_never_touch_the_database_and_call_one_action(path: Path) -> None:
    """Law 5."""
    source = path.read_text()
    assert list(checks.writes_in(source)) == []
    if "views" in str(path.relative_to(house.ROOT)):
        assert {
            name: calls for name, calls in checks.actions_called(source).items() if len(calls) > 1
        } == {}


@pytest.mark.parametrize("path", house.python_files(tests=True), ids=str)
def test_no_identifier_holds_a_word_the_glossary_forbids(path: Path) -> None:
    """Law 6."""
    assert list(checks.forbidden_words(path.read_text(), checks.glossary_never())) == []


def test_every_field_says_whether_it_is_personal_why_and_how_long_it_is_kept() -> None:
    """Law 10, and part of A.5 (the DPIA is generated from these tags)."""
    wrong = []
    for model in ours():
        privacy = getattr(model, "privacy", None)
        if privacy is None:
            wrong.append(f"{model.__name__}: no privacy")
            continue
        fields = {f.name for f in model._meta.concrete_fields} - {"id", "public_id"}
        tagged = set(privacy.personal) | set(privacy.sensitive) | set(privacy.none)
        if fields != tagged or not privacy.purpose or not privacy.retention:
            wrong.append(f"{model.__name__}: {sorted(fields ^ tagged)}")
    assert wrong == []


def test_public_identifiers_are_random() -> None:
    """S-41: no route takes a sequence number."""
    wrong = [name for name, route in routes().items() if "<int:" in str(route.pattern)]
    assert wrong == []


def test_the_network_is_blocked() -> None:
    """Law 13: a test that calls outside fails; the loopback is open."""
    with pytest.raises(Exception, match=r"A test tried to use socket"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_sizes_are_kept() -> None:
    """File ≤ 400 lines, template ≤ 80, room ≤ 3,000 source lines, function ≤ 40; or it says above why not."""
    wrong = [line for p in house.python_files(tests=True) if (line := checks.too_long(p, 400))]
    wrong += [line for p in house.templates() if (line := checks.too_long(p, 80))]
    for path in house.python_files():
        source = path.read_text()
        if "longer than" not in source[:2500].lower():
            wrong += [
                f"{path.relative_to(house.ROOT)} {line}" for line in checks.long_functions(source)
            ]
    for room in house.rooms():
        total = sum(
            p.read_text().count("\n") for p in house.python_files() if house.room_of(p) == room
        )
        if (
            total > 3000
            and "longer than" not in (house.TANDEM / room / "__init__.py").read_text().lower()
        ):
            wrong.append(f"{room}: {total} lines")
    assert wrong == []


def test_nothing_is_marked_safe_by_hand() -> None:
    """S-26: no mark_safe, no |safe, no autoescape off on data."""
    pattern = re.compile(r"mark_safe|\|\s*safe\b|autoescape off|SafeString\(")
    allowed = {"tandem/impression/qr.py", "tandem/ui/templatetags/tandem.py"}
    found = {
        str(p.relative_to(house.ROOT))
        for p in [*house.python_files(), *house.templates()]
        if pattern.search(p.read_text())
    }
    assert found - allowed == set()


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    """No path of a machine, no registry address."""
    import subprocess

    tracked = subprocess.run(
        ["git", "ls-files"], cwd=house.ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    pattern = re.compile(
        r"(?<![A-Za-z0-9_.-])/(?:work|farm|root)/|pypi\.org/simple|registry\.npmjs|files\.pythonhosted"
    )
    wrong = []
    for name in tracked:
        path = house.ROOT / name
        if (
            not name
            or not path.is_file()
            or path.stat().st_size > 2_000_000
            or name == "tests/maison/test_laws.py"
        ):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if pattern.search(text):
            wrong.append(name)
    assert wrong == []


def test_a_missing_route_is_noticed() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("mandats:nowhere")


@pytest.mark.django_db
def test_the_journals_guards_stand_in_the_database() -> None:
    """Law 9 (what they refuse is shown in tandem/journal/tests)."""
    from tandem.journal.guards import guards_installed

    assert guards_installed(connection)
