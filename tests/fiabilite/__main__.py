"""`make trust`: the long campaigns, one after the other, or those asked for."""

import sys
import time
from collections.abc import Callable

from tests.fiabilite.campaigns import attacks
from tests.fiabilite.report import FILE, Outcome, keep

EXPERIMENTS: dict[str, tuple[Callable[[], Outcome], ...]] = {
    "attaques": (attacks,),
}


def main(asked: list[str]) -> int:
    """Run, write the report, say what does not hold; 1 when something does not."""
    unknown = [number for number in asked if number not in EXPERIMENTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(EXPERIMENTS)}")
        return 2
    failed = 0
    for number in asked or EXPERIMENTS:
        for experiment in EXPERIMENTS[number]:
            start = time.monotonic()
            outcome = experiment()
            outcome.seconds = round(time.monotonic() - start, 1)
            keep(outcome)
            say(outcome)
            failed += bool(outcome.failures)
    print(f"trust: {failed or 'nothing'} failed; figures in {FILE.name}")
    return 1 if failed else 0


def say(outcome: Outcome) -> None:
    """The figures, then what does not hold."""
    print(f"== {outcome.number}, {outcome.on}, {outcome.seconds} s", flush=True)
    for name, value in outcome.figures.items():
        print(f"   {name}: {value}")
    for words in outcome.failures:
        print(f"   FAILED: {words}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
