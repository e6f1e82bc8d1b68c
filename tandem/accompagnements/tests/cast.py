"""What the stories here ask of the journal."""

from tandem.journal.models import Entry


def said(subject_label: str = "") -> list[str]:
    """The names of the events written in this room, oldest first."""
    rows = Entry.objects.filter(event__startswith="accompagnements.").order_by("pk")
    if subject_label:
        rows = rows.filter(subject_label=subject_label)
    return [name.removeprefix("accompagnements.") for name in rows.values_list("event", flat=True)]
