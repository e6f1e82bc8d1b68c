"""The data files shipped with this room, read and checked. No database here.

Each file carries its version, its source and its licence; data/README.md says how it was made.
"""

import lzma
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tandem.referentiels.rules import THEME_KEYS, GraveAct

DATA = Path(__file__).resolve().parent / "data"
COMMUNES = DATA / "communes.tsv.xz"


class InvalidSource(ValueError):  # noqa: N818 - named as the thing that was found
    """A data file says something this room does not know."""


@dataclass(frozen=True)
class ThemeSource:
    key: str
    title: str
    description: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class DemarcheSource:
    slug: str
    theme: str
    name: str
    description: str
    service: str
    franceconnect: bool
    private: bool
    grave_acts: tuple[str, ...]
    to_bring: tuple[str, ...]


@dataclass(frozen=True)
class CommuneSource:
    insee: str
    name: str
    postcodes: str
    current: bool


@dataclass(frozen=True)
class CatalogueSource:
    version: str
    themes: tuple[ThemeSource, ...]
    demarches: tuple[DemarcheSource, ...]


def read_data(name: str) -> dict[str, Any]:
    """One data file in TOML, as it is written."""
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


@cache
def catalogue() -> CatalogueSource:
    """The ten thèmes and the démarches, as shipped.

    Raises:
        InvalidSource: an unknown thème or grave act, or a slug said twice.
    """
    themes, demarches = read_data("themes.toml"), read_data("demarches.toml")
    found = CatalogueSource(
        version=f"{themes['version']}+{demarches['version']}",
        themes=tuple(
            ThemeSource(row["key"], row["title"], row["description"], tuple(row["examples"]))
            for row in themes["theme"]
        ),
        demarches=tuple(_demarche(row) for row in demarches["demarche"]),
    )
    if tuple(theme.key for theme in found.themes) != THEME_KEYS:
        raise InvalidSource("themes.toml")
    if len({demarche.slug for demarche in found.demarches}) != len(found.demarches):
        raise InvalidSource("demarches.toml: slug")
    return found


def _demarche(row: dict[str, Any]) -> DemarcheSource:
    grave_acts = tuple(row.get("grave", ()))
    if row["theme"] not in THEME_KEYS or not set(grave_acts) <= set(GraveAct.values):
        raise InvalidSource(f"demarches.toml: {row['slug']}")
    return DemarcheSource(
        slug=row["slug"],
        theme=row["theme"],
        name=row["name"],
        description=row["description"],
        service=row["service"],
        franceconnect=row["fc"],
        private=row.get("private", False),
        grave_acts=grave_acts,
        to_bring=tuple(row.get("bring", ())),
    )


def communes_version() -> str:
    """The version of the communes, read without opening the compressed file."""
    return str(read_data("communes.toml")["version"])


def communes() -> Iterator[CommuneSource]:
    """Every commune, current and former, by INSEE code."""
    with lzma.open(COMMUNES, "rt", encoding="utf-8") as file:
        for line in file:
            insee, name, postcodes, current = line.rstrip("\n").split("\t")
            yield CommuneSource(insee, name, postcodes, current == "1")


@cache
def country_names() -> dict[str, str]:
    """Names of countries and territories by INSEE code (99…)."""
    lines = (DATA / "pays.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" ") for line in lines if not line.startswith("#"))
    return {code: name for code, _space, name in pairs}
