"""The access of ui's own views: it stands below the room that knows who is acting."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


def open_to_all(view: View) -> View:
    """Say that anyone may see this page: it shows nothing of anyone."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the law that every view declares its access
    return view
