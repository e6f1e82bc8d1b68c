"""The circuit breaker (R-17): after repeated failures FranceConnect is left alone, and the page answers at once.

The state lives in the shared cache: a count of failures in a row, and a mark that lasts as long as the circuit is
open. When the mark fades, one conversation at a time is let through; its success closes the circuit, its failure
opens it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.cache import cache

from tandem.oidc_client.rules import FranceConnectUnavailable, IdentificationRefused, Reason

FAILURES_TO_OPEN: Final = 5
OPEN_SECONDS: Final = 30
# Longer than a conversation of four calls can last: a trial that died must not block the next one for ever.
TRIAL_SECONDS: Final = 45
# Failures further apart than this are not an outage.
MEMORY_SECONDS: Final = 300


def refuse_if_open(name: str) -> None:
    """Refuse at once what would need a conversation soon.

    Raises:
        FranceConnectUnavailable: the circuit is open.
    """
    if cache.get(_key(name, "open")):
        raise FranceConnectUnavailable(Reason.CIRCUIT_OPEN)


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """One conversation with the provider, refused at once when the circuit is open.

    A provider that answers what we refuse is not ill: only its silence and its nonsense are counted.

    Raises:
        FranceConnectUnavailable: the circuit is open, another conversation is trying the way, or this one failed.
    """
    refuse_if_open(name)
    tired = cache.get(_key(name, "failures"), 0) >= FAILURES_TO_OPEN
    if tired and not cache.add(_key(name, "trial"), 1, TRIAL_SECONDS):
        raise FranceConnectUnavailable(Reason.CIRCUIT_OPEN)
    try:
        yield
    except FranceConnectUnavailable:
        _count_failure(name)
        raise
    except IdentificationRefused:
        cache.delete(_key(name, "trial"))
        raise
    if cache.get(_key(name, "failures")):
        cache.delete_many([_key(name, word) for word in ("failures", "open", "trial")])


def _count_failure(name: str) -> None:
    """The fifth failure in a row opens the circuit."""
    key = _key(name, "failures")
    cache.add(key, 0, MEMORY_SECONDS)
    try:
        failures = cache.incr(key)
    except ValueError:  # It faded between the two lines: this failure is the first again.
        failures = 1
        cache.set(key, failures, MEMORY_SECONDS)
    if failures >= FAILURES_TO_OPEN:
        cache.set(_key(name, "open"), 1, OPEN_SECONDS)
        # The count must outlive the opening, so that the next conversation is a trial.
        cache.touch(key, MEMORY_SECONDS)
        cache.delete(_key(name, "trial"))


def _key(name: str, word: str) -> str:
    return f"oidc_client:circuit:{name}:{word}"
