"""The accounts a person owns: how to go beside them to create one or to find it again. Data alone, no database.

Nothing here asks for a secret, and each service says what is never written down (P-12).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from tandem.referentiels.deadlines import Source
from tandem.referentiels.sources import InvalidSource, read_data


class Hands(StrEnum):
    """Who holds the keyboard during one step."""

    PERSON = "personne"
    TOGETHER = "ensemble"


class Path(StrEnum):
    """What is done with the account."""

    CREATE = "creer"
    RECOVER = "recuperer"


@dataclass(frozen=True)
class AccountStep:
    title: str
    detail: str
    who: Hands


@dataclass(frozen=True)
class AccountService:
    """One service, in plain words."""

    key: str
    name: str
    about: str
    needs: tuple[str, ...]
    codes: str
    never: tuple[str, ...]
    create: tuple[AccountStep, ...]
    recover: tuple[AccountStep, ...]
    source: Source

    def steps(self, path: Path) -> tuple[AccountStep, ...]:
        return self.create if path == Path.CREATE else self.recover


@cache
def services() -> tuple[AccountService, ...]:
    """Every service, in the order of the file.

    Raises:
        InvalidSource: a key said twice, or a path without a step.
    """
    found = tuple(_service(row) for row in read_data("comptes.toml")["service"])
    if len({service.key for service in found}) != len(found):
        raise InvalidSource("comptes.toml: key")
    return found


def _service(row: dict[str, Any]) -> AccountService:
    create, recover = (_steps(row.get(path, [])) for path in Path)
    if not (create and recover):
        raise InvalidSource(f"comptes.toml: {row['key']}")
    return AccountService(
        key=row["key"],
        name=row["name"],
        about=row["about"],
        needs=tuple(row["needs"]),
        codes=row["codes"],
        never=tuple(row["never"]),
        create=create,
        recover=recover,
        source=Source(row["source"], row["checked_on"], row["sure"]),
    )


def _steps(rows: list[dict[str, Any]]) -> tuple[AccountStep, ...]:
    return tuple(AccountStep(row["title"], row["detail"], Hands(row["who"])) for row in rows)
