"""Each law is shown to fail when it is broken on purpose."""

import textwrap
from pathlib import Path

import pytest
from django.template import Context, Template

from tests.maison import checks, house


def source(text: str) -> str:
    return textwrap.dedent(text)


class TestALawBites:
    def test_when_a_room_looks_up(self, tmp_path: Path) -> None:
        """Law 1: import-linter itself, on a copy of the contract with two rooms."""
        import subprocess
        import sys

        package = tmp_path / "tandem"
        for room in ("journal", "mandats"):
            (package / room).mkdir(parents=True)
            (package / room / "__init__.py").write_text("")
        (package / "__init__.py").write_text("")
        (package / "journal" / "actions.py").write_text("import tandem.mandats\n")
        (tmp_path / ".importlinter").write_text(
            "[importlinter]\nroot_package = tandem\n[importlinter:contract:a]\nname = down\ntype = layers\n"
            "containers = tandem\nexhaustive = true\nlayers =\n    mandats\n    journal\n"
        )
        run = [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ]
        env = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

        upward = subprocess.run(
            run, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        (package / "journal" / "actions.py").write_text("")
        (package / "cave").mkdir()
        (package / "cave" / "__init__.py").write_text("")
        floorless = subprocess.run(
            run, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

        assert upward.returncode == 1
        assert "tandem.journal is not allowed to import tandem.mandats" in upward.stdout
        assert floorless.returncode == 1
        assert "cave" in floorless.stdout

    def test_when_a_room_imports_anothers_views(self) -> None:
        assert list(
            checks.imports_of_views_or_forms("preuves", "from tandem.mandats.views import x")
        )
        assert list(checks.imports_of_views_or_forms("preuves", "from tandem.mandats import forms"))
        assert list(checks.imports_of_views_or_forms("preuves", "import config.env"))
        assert not list(
            checks.imports_of_views_or_forms("mandats", "from tandem.mandats import forms")
        )

    def test_when_a_template_looks_up(self) -> None:
        assert list(checks.templates_looking_up("ui", '{% include "mandats/list.html" %}'))
        assert not list(checks.templates_looking_up("mandats", '{% extends "ui/base.html" %}'))

    def test_when_a_route_is_named_wrong(self) -> None:
        assert checks.routes_named('{% url "mandats:liste" x %}') == {"mandats:liste"}
        assert checks.routes_named('redirect("mandats:liste")') == {"mandats:liste"}

    def test_when_a_view_writes(self) -> None:
        assert list(checks.writes_in("def f(r):\n    Mandat.objects.get()"))
        assert list(checks.writes_in("def f(r):\n    form.save()"))
        assert not list(checks.writes_in("def f(r):\n    r.session.save()"))

    @pytest.mark.parametrize(
        ("body", "count"),
        [
            ("actions.a()\n    actions.b()", 2),
            ("if x:\n        actions.a()\n    else:\n        actions.b()", 1),
            ("if x:\n        actions.a()\n        return 1\n    actions.b()", 1),
            ("if x:\n        actions.a()\n    actions.b()", 2),
            ("try:\n        actions.a()\n    except E:\n        return 1\n    actions.b()", 2),
        ],
    )
    def test_when_a_view_calls_two_actions(self, body: str, count: int) -> None:
        assert (
            len(
                checks.actions_called(f"from x import actions\ndef view(request):\n    {body}")[
                    "view"
                ]
            )
            == count
        )

    def test_when_an_identifier_is_not_the_glossarys(self) -> None:
        never = checks.glossary_never()
        assert list(checks.forbidden_words("def sign_mandate(): ...", never))
        assert list(checks.forbidden_words("class HelperForm: ...", never))
        assert list(checks.forbidden_words("userAccount = 1", never))
        assert not list(checks.forbidden_words("def sign_mandat(usager): ...", never))

    @pytest.mark.parametrize(
        "html",
        [
            "<p style='color:red'>",
            "<style>p{}</style>",
            '<button onclick="x()">',
            "<script>x</script>",
            '<a href="javascript:x">',
        ],
    )
    def test_when_code_is_inline(self, html: str) -> None:
        assert checks.inline_code(html)
        assert not checks.inline_code('<script src="/static/ui/a.js" defer></script>')

    def test_when_a_template_variable_is_undefined(self) -> None:
        """Law 11."""
        with pytest.raises(AssertionError, match="undefined"):
            Template("{{ nowhere }}").render(Context({}))

    def test_when_a_warning_is_raised(self) -> None:
        """Law 11: any Python warning fails."""
        import warnings

        with pytest.raises(UserWarning):
            warnings.warn("x", UserWarning, stacklevel=1)

    def test_when_a_file_is_too_long(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(house, "ROOT", tmp_path)
        long = tmp_path / "a.py"
        long.write_text("x = 1\n" * 500)
        assert checks.too_long(long, 400)
        long.write_text('"""Longer than 400 lines: a table."""\n' + "x = 1\n" * 500)
        assert checks.too_long(long, 400) is None
        assert list(checks.long_functions("def f():\n" + "    x = 1\n" * 41))
