"""Letters ready to fill: data files shipped with this room, read once and checked. No database here.

Each file has a version and a title; each letter says what it is for, what to know before sending it, and,
where it names a text of law, that text and the day someone checked it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from tandem.courriers.rules import FIELDS, fields_in

FOLDER: Final = Path(__file__).resolve().parent / "data" / "lettres"
# Written freely, by a public writer for instance.
FREE: Final = "libre"


class InvalidModele(ValueError):  # noqa: N818 - named as the thing that was found
    """A data file says something this room does not know."""


@dataclass(frozen=True)
class Basis:
    """A text of law that the letter names, and the day it was checked."""

    text: str
    says: str
    checked_on: date


@dataclass(frozen=True)
class Modele:
    """One letter ready to fill. `private`: it goes to a private body, out of FranceConnect."""

    slug: str
    version: str
    group: str
    title: str
    when: str
    to: str
    subject: str
    body: str
    private: bool
    # What to know before sending: dates that would cost a right, pieces to join.
    advice: tuple[str, ...]
    basis: tuple[Basis, ...]

    @property
    def asked(self) -> list[str]:
        """The fields that a person must tell, in the order of the letter."""
        return [name for name in fields_in(self.subject, self.body) if not FIELDS[name].live]


@cache
def modeles() -> Mapping[str, Modele]:
    """Every letter, by slug, in the order of the files.

    Raises:
        InvalidModele: a field outside the closed list, a slug used twice, a missing key, a checked day missing.
    """
    found: dict[str, Modele] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for modele in read(tomllib.loads(path.read_text(encoding="utf-8"))):
            if modele.slug in found:
                raise InvalidModele(f"{path.name}: {modele.slug} is used twice")
            found[modele.slug] = modele
    return found


def read(content: Mapping[str, Any]) -> list[Modele]:
    """The letters of one file."""
    try:
        return [_modele(content["version"], content["titre"], row) for row in content["lettre"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidModele(str(error)) from error


def _modele(version: str, group: str, row: Mapping[str, Any]) -> Modele:
    unknown = set(fields_in(row["subject"], row["body"])) - set(FIELDS)
    if unknown:
        raise ValueError(f"{row['slug']} names {sorted(unknown)}")
    return Modele(
        slug=row["slug"],
        version=version,
        group=group,
        title=row["title"],
        when=row["when"],
        to=row["to"],
        subject=row["subject"],
        body=row["body"].strip(),
        private=bool(row.get("private", False)),
        advice=tuple(row.get("advice", ())),
        basis=tuple(_basis(one) for one in row.get("basis", ())),
    )


def _basis(row: Mapping[str, Any]) -> Basis:
    if not isinstance(row["checked_on"], date):
        raise TypeError(f"{row['text']} was never checked")
    return Basis(text=row["text"], says=row["says"], checked_on=row["checked_on"])
