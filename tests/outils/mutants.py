"""Security mutants: each protection is taken away in turn, and the tests named beside it must fail (A-23).

    python -m tests.outils.mutants                  all of mutants.toml; writes docs/mutants.md
    python -m tests.outils.mutants session_idle …   some, printed only

The last commit is copied once for each of two workers, outside the checkout, and mutated there. The tests are run
unchanged first: a test that fails anyway kills nothing. A mutant that breaks the import of its tests is no kill.
Mutants of PostgreSQL need DATABASE_URL; without it they are named as not run.
"""

import io
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_suffix(".toml")
PAGE = ROOT / "docs" / "mutants.md"
WORKERS = 2
# A mutant that removes a lock may wait for ever.
LIMIT_SECONDS = 900
SHARE_KILLED = 0.95
PASSED, FAILED = 0, 1
KILLED, SURVIVED, BROKEN, NOT_RUN = "tué", "SURVIT", "CASSÉ", "non lancé"


@dataclass(frozen=True)
class Mutant:
    """One protection taken away: a text of a file and what takes its place; the tests that must see it."""

    name: str
    file: str
    shows: str
    before: str
    after: str
    tests: tuple[str, ...]
    database: str = "sqlite"


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant, and the first test that saw it."""

    mutant: Mutant
    state: str
    by: str = ""


def mutants(path: Path = LIST) -> list[Mutant]:
    """The list, in its order."""
    rows = tomllib.loads(path.read_text())
    return [Mutant(name=name, **row | {"tests": tuple(row["tests"])}) for name, row in rows.items()]


def misplaced(known: Iterable[Mutant], root: Path = ROOT) -> list[str]:
    """Mutants whose text does not stand once in its file, or whose tests are gone: the list follows the code."""
    wrong = []
    for mutant in known:
        path = root / mutant.file
        found = path.read_text().count(mutant.before) if path.is_file() else 0
        if found != 1 or mutant.before == mutant.after:
            wrong.append(f"{mutant.name}: its text stands {found} times in {mutant.file}")
        files = [test.partition("::")[0] for test in mutant.tests]
        wrong += [f"{mutant.name}: no {file}" for file in files if not (root / file).is_file()]
    return wrong


def copy_tree(to: Path) -> Path:
    """The last commit: what is being edited meanwhile is not what is shown."""
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(to, filter="data")
    return to


@contextmanager
def mutated(mutant: Mutant, tree: Path) -> Iterator[None]:
    """Inside, the protection is gone from this copy."""
    path = tree / mutant.file
    whole = path.read_text()
    path.write_text(whole.replace(mutant.before, mutant.after, 1))
    try:
        yield
    finally:
        path.write_text(whole)


def run_tests(tree: Path, tests: Sequence[str], database: str) -> tuple[int, str]:
    """Exit code of pytest in this copy, and the first test that failed."""
    outer = ("PYTEST_", "DJANGO_", "TANDEM_")
    env = {key: value for key, value in os.environ.items() if not key.startswith(outer)}
    url = env.pop("DATABASE_URL", "")
    if database == "postgresql":
        env["DATABASE_URL"] = f"{url}_{tree.name}"
    (tree / ".tmp").mkdir(exist_ok=True)
    env |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tree / ".tmp")}
    how = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", *how, "--create-db", *tests]
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return -1, "no answer in time"
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, failed[0].split(" ")[1].partition("[")[0] if failed else ""


def try_mutant(mutant: Mutant, tree: Path) -> Outcome:
    """Remove the protection in the copy, and see who notices."""
    with mutated(mutant, tree):
        code, by = run_tests(tree, mutant.tests, mutant.database)
    if code == PASSED:
        return Outcome(mutant, SURVIVED)
    # Python too leaves with 1 when nothing could even be imported.
    return Outcome(mutant, KILLED if code == FAILED and "::" in by else BROKEN, by)


def unchanged(known: Sequence[Mutant]) -> list[Mutant]:
    """One change that changes nothing for each set of tests: all of them must survive."""
    sets = {(mutant.tests, mutant.database): mutant for mutant in known}
    return [replace(mutant, after=mutant.before) for mutant in sets.values()]


def campaign(known: Sequence[Mutant]) -> list[Outcome]:
    """Every mutant tried, two at a time, in the order of the list; each state printed as it comes."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(WORKERS):
            trees.put(copy_tree(Path(folder) / f"m{number}"))

        def one(mutant: Mutant) -> Outcome:
            if mutant.database == "postgresql" and not os.environ.get("DATABASE_URL"):
                return Outcome(mutant, NOT_RUN)
            tree = trees.get()
            try:
                outcome = try_mutant(mutant, tree)
            finally:
                trees.put(tree)
            print(f"{outcome.state:10} {mutant.name:34} {outcome.by}", flush=True)
            return outcome

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, known))


def page(outcomes: Sequence[Outcome], seconds: float) -> str:
    """docs/mutants.md."""
    tried = [one for one in outcomes if one.state != NOT_RUN]
    killed = sum(one.state == KILLED for one in tried)
    said = f"{killed} tuées sur {len(tried)} ({100 * killed / max(1, len(tried)):.0f} %)"
    return _HEAD + "\n".join(
        [
            f"**{said}**, {len(outcomes) - len(tried)} non lancées. {_where()}, {seconds / 60:.0f} minutes.",
            "",
            "| protection enlevée | exigence | fichier | résultat | premier test qui le voit |",
            "|---|---|---|---|---|",
            *[
                f"| `{one.mutant.name}` | {one.mutant.shows} | `{one.mutant.file}` | {one.state} | {_by(one)} |"
                for one in outcomes
            ],
            "",
        ]
    )


_HEAD = """# Les protections enlevées une à une

Chaque ligne enlève une protection (une condition, un filtre, un verrou, une contrainte, un en-tête, une comparaison)
dans une copie du code ; les tests nommés doivent alors échouer. La liste est dans `tests/outils/mutants.toml`,
l’outil dans `tests/outils/mutants.py`. Rejouer : `make mutants`.

"""


def _where() -> str:
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(
        git, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    day = f"{datetime.now(UTC):%d/%m/%Y}"
    return f"Commit {commit}, {day}, {platform.machine()}, {os.cpu_count()} cœurs"


def _by(outcome: Outcome) -> str:
    return f"`{outcome.by.replace('|', ' ')}`" if outcome.by else ""


def main(names: Sequence[str]) -> int:
    """0 when the tests see enough of what is taken away."""
    known = mutants()
    chosen = [mutant for mutant in known if not names or mutant.name in names]
    with tempfile.TemporaryDirectory() as folder:
        wrong = misplaced(known, copy_tree(Path(folder)))
    wrong += sorted(set(names) - {mutant.name for mutant in known})
    if wrong:
        print("\n".join(wrong))
        return 2
    start = time.monotonic()
    red = [one for one in campaign(unchanged(chosen)) if one.state not in {SURVIVED, NOT_RUN}]
    if red:
        print(f"{len(red)} sets of tests fail without any change: nothing is shown")
        return 2
    outcomes = campaign(chosen)
    tried = [one for one in outcomes if one.state != NOT_RUN]
    killed = [one for one in tried if one.state == KILLED]
    print(f"mutants: {len(killed)} killed of {len(tried)}, {len(outcomes) - len(tried)} not run")
    if not names:
        PAGE.write_text(page(outcomes, time.monotonic() - start))
    return 0 if tried and len(killed) >= SHARE_KILLED * len(tried) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
