"""Documents of a mandat, from its snapshot: the same content as a page and as a PDF.

`document_of` finds what a kind needs; `document_pdf` draws it on paper. A mandat is always the one that was
signed; receipts, sheets and accounts add the instants of what happened since.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tandem.mandats import texts
from tandem.mandats.documents.afterwards import (
    account_document,
    paper_document,
    receipt_document,
    sheet_document,
)
from tandem.mandats.documents.mandat import (
    explanation_document,
    facile_document,
    mandat_document,
)
from tandem.mandats.documents.model import Document
from tandem.mandats.documents.pdf import code_words, document_pdf, verification_address
from tandem.mandats.documents.words import DocumentGone, Statement
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.rules import State

__all__ = [
    "KINDS",
    "Document",
    "DocumentGone",
    "UnknownDocument",
    "code_words",
    "document_of",
    "document_pdf",
    "kinds_of",
    "paper_of",
    "verification_address",
]

EXPLANATION: Final = "explication-"
KINDS: Final[dict[str, str | Promise]] = {
    "mandat": _("Le mandat"),
    "mandat-facile": _("Le mandat, en facile à lire"),
    "feuille": _("La feuille que la personne emporte"),
    "compte": _("Le compte des connexions"),
    "recu": _("Le reçu de l’arrêt"),
}


class UnknownDocument(LookupError):  # noqa: N818 - named as the thing that was not found
    """No such document for this mandat."""


def kinds_of(mandat: Mandat) -> list[tuple[str, str]]:
    """The documents this mandat has, with their names; explanations come last."""
    kinds = [(kind, str(label)) for kind, label in KINDS.items()]
    if not _ended(mandat).exists():
        kinds = [row for row in kinds if row[0] != "recu"]
    others = (text for text in texts.texts(mandat.text_version) if text.name != texts.SIGNED)
    return kinds + [(f"{EXPLANATION}{text.name}", text.label) for text in others if not text.facile]


def document_of(mandat: Mandat, kind: str, *, at: datetime) -> Document:
    """A document of a mandat as it stands at `at`.

    Raises:
        UnknownDocument: no such kind, a language without a text, a receipt of nothing.
        DocumentGone: the person was erased.
        SnapshotError: the row was changed since it was sealed.
    """
    statement = Statement.of(mandat)
    if kind == "mandat":
        return mandat_document(mandat, statement)
    if kind == "mandat-facile":
        return facile_document(mandat, statement)
    if kind == "feuille":
        alive = mandat.state(at=at) != State.ENDED
        today = _uses_of_day(mandat, statement, at)
        return sheet_document(mandat, statement, today, alive=alive, at=at)
    if kind == "compte":
        return account_document(mandat, statement, _uses(mandat), at=at)
    if kind == "recu" and (ended := list(_ended(mandat))):
        return receipt_document(mandat, statement, ended, at=at)
    if kind.startswith(EXPLANATION):
        return _explanation(mandat, statement, kind.removeprefix(EXPLANATION))
    raise UnknownDocument(kind)


def paper_of(
    line: Autorisation, *, act: str, detail: str, grave: Sequence[str], at: datetime
) -> Document:
    """The paper of the day for one line of a mandat (P-06).

    Raises:
        DocumentGone: the person was erased.
    """
    statement = Statement.of(line.mandat)
    return paper_document(line.mandat, statement, line, act=act, detail=detail, grave=grave, at=at)


def _explanation(mandat: Mandat, statement: Statement, name: str) -> Document:
    if name in {texts.SIGNED, texts.FACILE}:
        raise UnknownDocument(name)
    try:
        return explanation_document(mandat, statement, name)
    except texts.UnknownText:
        raise UnknownDocument(name) from None


def _ended(mandat: Mandat) -> QuerySet[Autorisation]:
    """Lines that someone stopped, or that ran out."""
    return mandat.autorisations.exclude(ended_at=None).order_by("pk")


def _uses(mandat: Mandat) -> QuerySet[Usage]:
    return (
        Usage.objects.filter(autorisation__mandat=mandat)
        .select_related("autorisation", "affectation__compte", "confirmation")
        .order_by("-used_at", "-pk")
    )


def _uses_of_day(mandat: Mandat, statement: Statement, at: datetime) -> list[Usage]:
    """What was done on the day of `at`, where the structure is."""
    start = datetime.combine(statement.local(at).date(), time.min, tzinfo=statement.zone)
    rows = _uses(mandat).filter(used_at__gte=start, used_at__lt=start + timedelta(days=1))
    return list(rows.order_by("used_at", "pk"))
