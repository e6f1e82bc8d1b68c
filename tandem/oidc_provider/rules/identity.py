"""What an identity must be for FranceConnect to take it, and what of it is said (FI-12 to FI-14)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tandem.usagers.rules import is_civil_email

FRANCE = "99100"
_COG = re.compile(r"(2[AB]|[0-9]{2})[0-9]{3}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_GENDERS = {"female", "male", "unspecified"}


@dataclass(frozen=True, repr=False)
class Person:
    """The civil identity of an usager, as received from FranceConnect. Never printed."""

    given_names: str
    family_name: str
    preferred_name: str
    birthdate: str
    gender: str
    birthplace: str
    birthcountry: str
    email: str


def is_birthdate(text: str) -> bool:
    """YYYY-MM-DD, or YYYY-MM-00 and YYYY-00-00 when a day or a month is not known (FI-12)."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.groups())
    if month == 0 and day != 0:
        return False
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True


def problem(person: Person, *, scopes: Sequence[str]) -> str | None:
    """The first field that FranceConnect would refuse, or None (FI-12).

    The address is compulsory for whoever asks it; a relying party that does not ask it does without.
    """
    birthplace_ok = person.birthcountry != FRANCE or _COG.fullmatch(person.birthplace)
    checks = {
        "given_name": 1 <= len(person.given_names.strip()) <= 256,
        "family_name": 1 <= len(person.family_name.strip()) <= 256,
        "birthdate": is_birthdate(person.birthdate),
        "gender": person.gender in _GENDERS,
        "birthcountry": _COG.fullmatch(person.birthcountry),
        "birthplace": birthplace_ok,
        "email": "email" not in scopes or is_civil_email(person.email),
    }
    return next((name for name, fine in checks.items() if not fine), None)


def claims(person: Person, *, sub: str, scopes: Sequence[str]) -> dict[str, str]:
    """Userinfo: the subject, and what the scopes say, nothing else (FI-14, S-07)."""
    said = {"sub": sub}
    if "profile" in scopes:
        said |= {
            # All given names, separated by spaces: the RNIPP is searched with them (FI-13).
            "given_name": " ".join(person.given_names.split()),
            "family_name": person.family_name.strip(),
            "birthdate": person.birthdate,
            "gender": person.gender,
        }
        if person.preferred_name.strip():
            said["preferred_username"] = person.preferred_name.strip()
    if "birth" in scopes:
        born_in_france = person.birthcountry == FRANCE
        said["birthplace"] = person.birthplace if born_in_france else ""
        said["birthcountry"] = person.birthcountry
    if "email" in scopes and is_civil_email(person.email):
        said["email"] = person.email
    return said
