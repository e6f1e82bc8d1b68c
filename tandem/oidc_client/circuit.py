"""The circuit breaker (R-17): after repeated failures FranceConnect is left alone, and the page answers at once.

The state lives in the shared cache: a count of failures in a row, and a mark that lasts as long as the circuit is
open. When the mark fades, one call at a time is let through; its success closes the circuit, its failure opens it
again.
"""

from typing import Final

from django.core.cache import cache

from tandem.oidc_client.rules import FranceConnectUnavailable, Reason

FAILURES_TO_OPEN: Final = 5
OPEN_SECONDS: Final = 30
# Longer than one call can last (connection, then reading): a trial that died must not block the next one for long.
TRIAL_SECONDS: Final = 15
# Failures further apart than this are not an outage.
MEMORY_SECONDS: Final = 300


def refuse_if_open(name: str) -> None:
    """Refuse at once what would need a call soon.

    Raises:
        FranceConnectUnavailable: the circuit is open.
    """
    if cache.get(_key(name, "open")):
        raise FranceConnectUnavailable(Reason.CIRCUIT_OPEN)


def enter(name: str) -> None:
    """Let one call go, or refuse it at once. Every call then records its success or its failure.

    Raises:
        FranceConnectUnavailable: the circuit is open, or another call is trying the way.
    """
    refuse_if_open(name)
    tired = cache.get(_key(name, "failures"), 0) >= FAILURES_TO_OPEN
    if tired and not cache.add(_key(name, "trial"), 1, TRIAL_SECONDS):
        raise FranceConnectUnavailable(Reason.CIRCUIT_OPEN)


def record_failure(name: str) -> None:
    """Count one failure; the fifth in a row opens the circuit."""
    key = _key(name, "failures")
    cache.add(key, 0, MEMORY_SECONDS)
    try:
        failures = cache.incr(key)
    except ValueError:  # It faded between the two lines: this failure is the first again.
        failures = 1
        cache.set(key, failures, MEMORY_SECONDS)
    if failures >= FAILURES_TO_OPEN:
        cache.set(_key(name, "open"), 1, OPEN_SECONDS)
        # The count must outlive the opening, so that the next call is a trial.
        cache.touch(key, MEMORY_SECONDS)
        cache.delete(_key(name, "trial"))


def record_success(name: str) -> None:
    """Forget the failures: the way is free."""
    if cache.get(_key(name, "failures")):
        cache.delete_many([_key(name, word) for word in ("failures", "open", "trial")])


def _key(name: str, word: str) -> str:
    return f"oidc_client:circuit:{name}:{word}"
