"""What is installed in production: the house, whole, and nothing else (S-47, S-48)."""

import fnmatch
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from config.env import Env
from tests.maison import house

SETUPTOOLS: dict[str, Any] = tomllib.loads((house.ROOT / "pyproject.toml").read_text())["tool"][
    "setuptools"
]


def tracked() -> list[str]:
    """Every file of the repository, the ones about to be committed included."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=house.ROOT, capture_output=True, text=True, check=True)
    return [name for name in found.stdout.splitlines() if (house.ROOT / name).is_file()]


def packages(files: list[str]) -> set[str]:
    """The packages that setuptools finds: an `__init__.py` all the way up, included, not excluded."""
    folders = {PurePosixPath(name).parent for name in files if name.endswith("/__init__.py")}
    find = SETUPTOOLS["packages"]["find"]

    def matches(name: str, patterns: list[str]) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)

    return {
        name
        for folder in folders
        if all(parent in folders for parent in folder.parents if str(parent) != ".")
        and matches(name := ".".join(folder.parts), find["include"])
        and not matches(name, find["exclude"])
    }


def installed(files: list[str]) -> set[str]:
    """The files that an installation holds: modules of the packages, and the data beside them."""
    found: set[str] = set()
    patterns = SETUPTOOLS["package-data"]["*"]
    for package in packages(files):
        folder = package.replace(".", "/")
        for name in files:
            if not name.startswith(f"{folder}/"):
                continue
            inside = PurePosixPath(name).relative_to(folder)
            is_module = inside.suffix == ".py" and len(inside.parts) == 1
            # `**` of setuptools is any number of folders, none included.
            is_data = any(
                inside.match(pattern)
                or fnmatch.fnmatchcase(str(inside), pattern.replace("**/", ""))
                for pattern in patterns
            )
            if is_module or (is_data and inside.suffix != ".py"):
                found.add(name)
    return found


class TestThePackage:
    def test_holds_the_house_and_nothing_of_the_workshop(self) -> None:
        """No stand-in, no test, no benchmark can be imported in production."""
        names = packages(tracked())

        assert {name.split(".")[0] for name in names} == {"tandem", "config"}
        assert [name for name in names if "tests" in name.split(".")] == []
        assert {f"tandem.{room}" for room in house.rooms()} <= names

    def test_holds_every_file_that_a_room_reads(self) -> None:
        """A template, a text, a font or a migration left behind would be missed at the first page."""
        files = tracked()
        wanted = {
            name
            for name in files
            if name.startswith(("tandem/", "config/")) and "tests" not in PurePosixPath(name).parts
        }

        assert wanted == {name for name in installed(files) if "/tests/" not in name}

    def test_would_show_a_file_left_behind(self) -> None:
        """The two tests above bite: a stand-in inside, data under a name nobody declared."""
        files = ["tandem/__init__.py", "tandem/x/__init__.py", "tandem/x/tests/__init__.py"]
        files += [
            "tandem/x/hidden/a.html",
            "tandem/x/templates/x/a.html",
            "simulateurs/__init__.py",
        ]

        assert packages(files) == {"tandem", "tandem.x"}
        assert "tandem/x/templates/x/a.html" in installed(files)
        assert "tandem/x/hidden/a.html" not in installed(files)


SERVE = "from simulateurs.web import Response, start; start(lambda _: Response(), port=0)"
DEMO = "from simulateurs.demo import main; main()"


class TestTheStandIns:
    @pytest.mark.parametrize(
        ("program", "mode"),
        [(SERVE, "production"), (SERVE, ""), (SERVE, None), (DEMO, "production"), (DEMO, "")],
    )
    def test_refuse_production(self, program: str, mode: str | None, tmp_path: Path) -> None:
        """S-47: each serves by that one door; an installation that says nothing is in production.

        Only the demonstration, which makes an installation of its own, takes its own mode when none is said.
        """
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TANDEM_")}
        environment |= {"PYTHONPATH": str(house.ROOT), "DEMO_FOLDER": str(tmp_path / "demo")}

        started = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=environment | ({} if mode is None else {"TANDEM_MODE": mode}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert started.returncode != 0
        assert "TANDEM_MODE=demo" in started.stderr
        assert list(tmp_path.iterdir()) == []


def locked(name: str) -> dict[str, str]:
    """What a lock fixes: each distribution, with its lines."""
    text = re.sub(
        r"^\s*#.*\n", "", (house.ROOT / "requirements" / name).read_text(), flags=re.MULTILINE
    )
    return {entry.split()[0]: entry for entry in re.split(r"\n(?=\S)", text) if entry.strip()}


class TestTheLocks:
    @pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
    def test_fix_every_dependency_by_its_hash(self, name: str) -> None:
        """S-48: `pip install --require-hashes` takes these files, whatever the registry answers."""
        entries = locked(name)

        assert len(entries) > 10
        assert [n for n in entries if not re.fullmatch(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", n)] == []
        assert [
            n for n, e in entries.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", e)
        ] == []

    def test_are_all_there_is_and_name_no_registry(self) -> None:
        """S-48: where packages come from is the affair of each machine."""
        paths = sorted((house.ROOT / "requirements").iterdir())
        address = re.compile(r"https?://|index-url|find-links|trusted-host| @ ")

        assert [path.name for path in paths] == ["dev.txt", "run.txt"]
        assert [path.name for path in paths if address.search(path.read_text())] == []

    def test_agree_on_what_runs(self) -> None:
        """S-48: what is tested is what runs."""
        assert set(locked("run.txt")) - set(locked("dev.txt")) == set()

    def test_hold_every_dependency_declared(self) -> None:
        """S-48: none is left to the day of the installation."""
        project = tomllib.loads((house.ROOT / "pyproject.toml").read_text())
        declared = {
            "run.txt": project["project"]["dependencies"],
            "dev.txt": project["dependency-groups"]["dev"],
        }
        for name, wanted in declared.items():
            found = {re.split(r"[\[=]", entry)[0] for entry in locked(name)}
            asked = {re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in wanted}
            assert asked - found == set()


class TestTheGuideOfTheOperator:
    def test_names_every_setting(self) -> None:
        """Each variable that Tandem reads has its line, and no line names a variable that nothing reads."""
        guide = (house.ROOT / "docs" / "exploitation.md").read_text()
        rows = set(re.findall(r"^\| `([A-Z_]+)` \|", guide, re.MULTILINE))
        read = {"DATABASE_URL"} | {
            f"TANDEM_{name.upper()}" for name in Env.model_fields if name != "database_url"
        }

        assert rows == read

    def test_would_miss_none_read_elsewhere(self) -> None:
        """config/env.py is the only reader of the environment."""
        reading = re.compile(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|getenv")
        files = [*house.python_files(), *(house.ROOT / "config").rglob("*.py")]
        found = {str(p.relative_to(house.ROOT)) for p in files if reading.search(p.read_text())}

        # config/env.py reads it; config/database.py passes it on to pg_dump, and reads nothing in it.
        assert {name for name in found if "/tests/" not in name} == {
            "config/database.py",
            "config/env.py",
        }
