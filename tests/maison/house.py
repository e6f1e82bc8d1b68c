"""What the laws read: the rooms and their floors, from the one place where they are written."""

import configparser
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TANDEM = ROOT / "tandem"


@lru_cache(maxsize=1)
def floors() -> dict[str, int]:
    """Each room's floor, counted from the top, as the import contract says."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    lines = parser["importlinter:contract:staircase"]["layers"].split()
    result: dict[str, int] = {}
    floor = 0
    joined = False
    for word in lines:
        if word == "|":
            joined = True
            continue
        if not joined:
            floor += 1
        joined = False
        result[word.strip("()")] = floor
    return result


def rooms() -> list[str]:
    """The rooms that are open."""
    return sorted(p.name for p in TANDEM.iterdir() if (p / "apps.py").exists())


def may_see(room: str, other: str) -> bool:
    """Whether `room` may import, reference or include what belongs to `other`."""
    return room == other or floors()[room] < floors()[other]


def python_files(*, tests: bool = False, migrations: bool = False) -> list[Path]:
    """Source files of the rooms."""
    return [
        path
        for path in sorted(TANDEM.rglob("*.py"))
        if (tests or "tests" not in path.parts) and (migrations or "migrations" not in path.parts)
    ]


def templates() -> list[Path]:
    """Every HTML template of the rooms."""
    return sorted(TANDEM.rglob("templates/**/*.html"))


def room_of(path: Path) -> str:
    """The room a file stands in."""
    return path.relative_to(TANDEM).parts[0]
