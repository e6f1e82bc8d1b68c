"""`make trust`: the long campaigns, one after the other, or those asked for."""

import os
import sys
import time
from collections.abc import Callable, Iterator

from tests.fiabilite import clocks, durability, kills, outages, outbox, outside, rolling
from tests.fiabilite.campaigns import attacks
from tests.fiabilite.report import FILE, Outcome, keep

BASES = ("SQLite", "PostgreSQL")
Experiment = Callable[[str], Outcome]


# Each requirement, its experiments; each is played on each database that it names.
EXPERIMENTS: dict[str, tuple[tuple[Experiment, tuple[str, ...]], ...]] = {
    "attaques": ((attacks, BASES),),
    "R-01": ((kills.r01, BASES), (kills.r01_without_transaction, BASES)),
    "R-02": ((kills.r02, BASES),),
    "R-03": ((outbox.r03, BASES),),
    "R-04": ((durability.r04, ("SQLite",)),),
    "R-06": ((outages.r06, BASES),),
    "R-07": ((outages.r07, ("PostgreSQL",)),),
    "R-08": ((outages.r08, BASES),),
    "R-13": ((outbox.r13, BASES),),
    "R-15": ((outbox.r15, BASES),),
    "R-17": ((outside.r17, BASES),),
    "R-18": ((clocks.r18, BASES),),
    "R-26": ((rolling.r26, BASES),),
    "R-27": ((rolling.r27, BASES),),
    "R-31": ((outages.r31, BASES),),
    "R-34": ((durability.r34, ("SQLite",)),),
}


def main(asked: list[str]) -> int:
    """Run, write the report, say what does not hold; 1 when something does not."""
    unknown = [number for number in asked if number not in EXPERIMENTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(EXPERIMENTS)}")
        return 2
    failed = 0
    for number in asked or EXPERIMENTS:
        for experiment, on in played(number):
            print(f"-- {number}, {experiment.__name__}, {on}", flush=True)
            start = time.monotonic()
            outcome = experiment(on)
            outcome.seconds = round(time.monotonic() - start, 1)
            keep(outcome)
            say(outcome)
            failed += bool(outcome.failures)
    print(f"trust: {failed or 'nothing'} failed; figures in {FILE.name}")
    return 1 if failed else 0


def played(number: str) -> Iterator[tuple[Experiment, str]]:
    """The experiments of a requirement, on each database; TRUST_ON keeps one database only."""
    for experiment, bases in EXPERIMENTS[number]:
        for on in bases:
            if os.environ.get("TRUST_ON", on) == on:
                yield experiment, on


def say(outcome: Outcome) -> None:
    """The figures, then what does not hold."""
    print(f"== {outcome.number}, {outcome.on}, {outcome.seconds} s", flush=True)
    for name, value in outcome.figures.items():
        print(f"   {name}: {value}")
    for words in outcome.failures:
        print(f"   FAILED: {words}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
