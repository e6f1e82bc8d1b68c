"""Drafts are forgotten: past their day, or with the person."""

from datetime import datetime

from tandem.signature.models import Draft
from tandem.usagers.models import Usager


def purge_drafts(*, at: datetime) -> int:
    """Forget drafts past their day, identity included; how many."""
    deleted, _rows = Draft.objects.filter(expires_at__lte=at).delete()
    return deleted


def forget_person(*, usager: Usager, at: datetime, **_signal: object) -> None:  # noqa: ARG001 - a signal gives it
    """Called by usagers when a person is erased, inside its own transaction."""
    Draft.objects.filter(usager=usager).delete()
