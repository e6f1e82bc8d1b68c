"""Drafts are forgotten: past their day, or with the person."""

from datetime import datetime

from django.db.models import Q

from tandem.signature.models import Draft
from tandem.usagers.models import Usager


def purge_drafts(*, at: datetime) -> int:
    """Forget drafts past their day, identity included, and those left by a person who was erased; how many."""
    erased = Q(usager__erased_at__isnull=False)
    deleted, _rows = Draft.objects.filter(Q(expires_at__lte=at) | erased).delete()
    return deleted


def forget_person(*, usager: Usager, at: datetime, **_signal: object) -> None:  # noqa: ARG001 - a signal gives it
    """Called by usagers when a person is erased, inside its own transaction.

    A draft being signed at this instant is not waited for: whoever signs waits for the person, and holds it
    (ADR 0013). They find nobody, and the draft goes within the hour.
    """
    free = Draft.objects.filter(usager=usager).order_by("pk")
    keys = free.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
    Draft.objects.filter(pk__in=list(keys)).delete()
