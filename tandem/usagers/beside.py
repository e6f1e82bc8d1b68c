"""While a person looks at the screen, no other name is read: asked for, it is refused (P-28).

Lists leave others out before they are drawn. This is what stands behind them, and behind each page reached by its
address: a room opened tomorrow is held too, without having to think of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.utils.translation import gettext as _

from tandem.kernel.refusals import Refusal

_present: ContextVar[UUID | None] = ContextVar("present", default=None)


class NameHidden(Refusal):
    """Someone else than this person looks at the screen."""

    code = "beside_another"


@contextmanager
def looking(beside: str) -> Iterator[None]:
    """Until the end of the request. Someone unnamed may be anyone: then each list decides what it shows."""
    try:
        who = UUID(beside)
    except ValueError:
        who = None
    token = _present.set(who)
    try:
        yield
    finally:
        _present.reset(token)


def is_looked_at() -> bool:
    """Whether a person we know looks at the screen."""
    return _present.get() is not None


def refuse_name_of(person: UUID) -> None:
    """Raises NameHidden when another person looks at the screen."""
    if _present.get() not in {None, person}:
        raise NameHidden(_("Une personne est avec vous, et cette page parle de quelqu’un d’autre."))
