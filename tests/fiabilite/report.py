"""What a campaign found: figures, and whether they are the ones asked for; kept in trust-report.json."""

import json
import os
import platform
import random
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "trust-report.json"


@dataclass
class Outcome:
    """One experiment on one database.

    Attributes:
        number: the requirement (R-03), or the campaign.
        figures: what was measured, by name.
        failures: what is not as asked, in words; empty when it holds.
    """

    number: str
    on: str
    figures: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0

    def expect(self, truth: object, words: str) -> None:
        """Keep these words among the failures unless this is true."""
        if not truth:
            self.failures.append(words)


def size_of(wanted: int, *, share: float = 1) -> tuple[int, int]:
    """The seed, printed and given back by TRUST_SEED; how many times, less when TRUST_SHARE says so."""
    seed = int(os.environ.get("TRUST_SEED") or random.randrange(2**31))  # noqa: S311 - printed, not secret
    print(f"   seed {seed}", flush=True)
    return seed, max(1, round(wanted * share * float(os.environ.get("TRUST_SHARE", "1"))))


def machine() -> str:
    """The commit and the machine that the figures belong to."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return f"{commit or '?'}, {platform.machine()}, Python {platform.python_version()}"


def keep(outcome: Outcome) -> None:
    """Write this outcome in the report, in the place of the last one of the same experiment."""
    report = json.loads(FILE.read_text()) if FILE.exists() else {}
    report[f"{outcome.number} {outcome.on}"] = asdict(outcome) | {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "where": machine(),
    }
    FILE.write_text(json.dumps(dict(sorted(report.items())), indent=1, ensure_ascii=False) + "\n")
