"""What a view declares of itself, read by the laws of the house (tests/maison)."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def get_writes(reason: str) -> Callable[[View], View]:
    """Declare that a GET of this view changes domain rows, and why (law 8).

    Two reasons are good: reading is itself an act, and is journaled; or a protocol imposes GET.
    """

    def mark(view: View) -> View:
        view.get_writes = reason  # type: ignore[attr-defined]  # an attribute of a function, read by the law
        return view

    return mark
