"""The long attacks: tests marked `trust`, run by pytest; each says its figures by `record_property`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.fiabilite.clusters import Cluster
from tests.fiabilite.report import ROOT, Outcome

# pytest's answer when nothing was selected.
NOTHING_COLLECTED = 5


@contextmanager
def database(on: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of the suite: SQLite, or a cluster of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if on == "SQLite":
        yield kept
        return
    folder.chmod(0o755)
    cluster = Cluster(folder / "cluster")
    cluster.make()
    cluster.start()
    try:
        yield {**kept, "DATABASE_URL": cluster.url}
    finally:
        cluster.close()


def attacks(on: str) -> Outcome:
    """Every test marked `trust`; TRUST_WORDS selects some of them, as `-k` does."""
    words = os.environ.get("TRUST_WORDS", "")
    outcome = Outcome("attaques", on)
    with tempfile.TemporaryDirectory() as folder, database(on, Path(folder)) as environment:
        xml = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "trust"]
        command += [
            f"--junitxml={xml}",
            "-o",
            "junit_family=xunit1",
            "tests/attaques",
            *(["-k", words] if words else []),
        ]
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        outcome.expect(status in {0, NOTHING_COLLECTED}, f"pytest answered {status}")
        for case in ET.parse(xml).getroot().iter("testcase"):  # noqa: S314 — ours
            name = f"{case.get('classname', '')}.{case.get('name', '')}"
            said = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
            outcome.figures[name] = said or "passed"
            if case.find("failure") is not None or case.find("error") is not None:
                outcome.figures[name] = "failed"
                outcome.failures.append(name)
    return outcome
