"""The long attacks: tests marked `trust`, run by pytest; each says its figures by `record_property`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.fiabilite.report import ROOT, Outcome

# pytest's answer when nothing was selected.
NOTHING_COLLECTED = 5


def attacks(on: str) -> Outcome:
    """Every test marked `trust`; TRUST_WORDS selects some of them, as `-k` does."""
    words = os.environ.get("TRUST_WORDS", "")
    outcome = Outcome("attaques", on)
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "trust"]
        command += [
            f"--junitxml={xml}",
            "-o",
            "junit_family=xunit1",
            "tests/attaques",
            *(["-k", words] if words else []),
        ]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        outcome.expect(status in {0, NOTHING_COLLECTED}, f"pytest answered {status}")
        for case in ET.parse(xml).getroot().iter("testcase"):  # noqa: S314 — ours
            name = f"{case.get('classname', '')}.{case.get('name', '')}"
            said = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
            outcome.figures[name] = said or "passed"
            if case.find("failure") is not None or case.find("error") is not None:
                outcome.figures[name] = "failed"
                outcome.failures.append(name)
    return outcome
