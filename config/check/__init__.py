"""`tandem check`: what is wrong with this installation, in French, and how to repair it."""

from collections.abc import Sequence
from datetime import datetime

from django.core import checks
from django.db import DatabaseError, connection

from config.check import data, keys, machine, network, work
from config.check.findings import Finding, Level, Probe, error

_WORDS = {Level.GOOD: "bien", Level.WARNING: "ATTENTION", Level.ERROR: "ERREUR"}
# In the order of a reader: the machine, what it keeps, what it does, whom it speaks to.
LOCAL: tuple[Probe, ...] = (machine.folders, machine.disks, machine.clock, machine.proxies)
DATABASE: tuple[Probe, ...] = (
    data.settings_of_the_database,
    data.migrations,
    data.database_clock,
    keys.strength,
    keys.missing,
    work.worker,
    work.jobs,
    work.messages,
    work.backups,
    work.provider,
)
NETWORK: tuple[Probe, ...] = (network.email, network.site, network.franceconnect)


def examine(*, at: datetime, offline: bool) -> list[Finding]:
    """Every finding. What needs a database that does not answer is not asked; `offline` leaves the network alone."""
    found = [item for probe in LOCAL for item in probe(at)]
    try:
        connection.ensure_connection()
    except DatabaseError:
        found.append(
            error("base", "La base de données ne répond pas : vérifiez DATABASE_URL et le serveur.")
        )
    else:
        found += [item for probe in DATABASE for item in _asked(probe, at)]
        found += _of_django()
    if not offline:
        found += [item for probe in NETWORK for item in probe(at)]
    return found


def tell(found: Sequence[Finding]) -> str:
    """All findings, the gravest last, and how many of each."""
    lines = [
        f"{_WORDS[item.level]:<10} {item.subject} : {item.sentence}"
        for item in sorted(found, key=lambda item: item.level)
    ]
    errors, warnings = (
        sum(item.level is level for item in found) for level in (Level.ERROR, Level.WARNING)
    )
    lines.append(f"{errors} erreur(s), {warnings} avertissement(s).")
    return "\n".join(lines)


def _asked(probe: Probe, at: datetime) -> list[Finding]:
    try:
        return list(probe(at))
    except DatabaseError:
        return [
            error(
                "base",
                "Une table manque ou la base refuse de répondre : lancez « tandem migrate ».",
            )
        ]


def _of_django() -> list[Finding]:
    """The checks of Django and of each room, deployment included."""
    return [
        Finding(
            Level.ERROR if item.level >= checks.ERROR else Level.WARNING,
            "installation",
            " ".join(str(part) for part in (item.msg, item.hint) if part),
        )
        for item in checks.run_checks(include_deployment_checks=True, databases=["default"])
        if not item.is_silenced() and item.level >= checks.WARNING
    ]
