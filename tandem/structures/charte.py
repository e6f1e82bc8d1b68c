"""The charte of aidants: a versioned text file; a published version never changes."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TEXTES = Path(__file__).parent / "textes"
# Changing it asks every aidant to accept again before acting (P-04).
CURRENT_VERSION = "2026-11"


@dataclass(frozen=True)
class Commitment:
    """One sentence the aidant answers for, and what in Tandem shows that it is kept."""

    text: str
    control: str


@dataclass(frozen=True)
class Charte:
    version: str
    title: str
    introduction: str
    commitments: tuple[Commitment, ...]
    ending: str


@lru_cache(maxsize=8)
def read_charte(version: str = CURRENT_VERSION) -> Charte:
    """A published version.

    Raises:
        FileNotFoundError: never published.
    """
    data = tomllib.loads((TEXTES / f"charte-{version}.toml").read_text(encoding="utf-8"))
    return Charte(
        version=version,
        title=data["titre"],
        introduction=data["introduction"],
        commitments=tuple(
            Commitment(text=e["texte"], control=e["preuve"]) for e in data["engagement"]
        ),
        ending=data["fin"],
    )
