"""Documents of a mandat, from its snapshot: the same content as a page and as a PDF.

`document_of` finds what a kind needs; `pdf.document_pdf` draws it on paper. A mandat is always the one that was
signed; receipts, sheets and accounts add the instants of what happened since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tandem.documents.afterwards import (
    account_document,
    paper_document,
    receipt_document,
    sheet_document,
)
from tandem.documents.mandat import explanation_document, facile_document, mandat_document
from tandem.documents.rules import Document
from tandem.documents.words import Statement
from tandem.mandats import texts
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.queries.papers import EXPLANATION, ended_lines
from tandem.mandats.rules import State
from tandem.referentiels.queries import demarches, describe_scope
from tandem.referentiels.rules import Scope, ScopeKind

OTHER_ACT: Final = "autre"


class UnknownDocument(LookupError):  # noqa: N818 - named as the thing that was not found
    """No such document for this mandat."""


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
    if kind == "recu" and (ended := list(ended_lines(mandat))):
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


@dataclass(frozen=True)
class Act:
    """One act that the person can confirm, with what it may change."""

    key: str
    name: str
    grave_acts: tuple[str, ...] = ()


def line_title(line: Autorisation) -> str:
    """The line in the words of the catalogue."""
    return describe_scope(line.scope).title


def acts_of_line(line: Autorisation) -> list[Act]:
    """The démarche of the line; for a whole thème, each of its démarches, then « Autre »."""
    scope = Scope.parse(line.scope)
    if scope.kind == ScopeKind.DEMARCHE:
        found = describe_scope(line.scope)
        return [Act(scope.key, found.title, found.grave_acts)]
    acts = [Act(row.slug, row.name, tuple(row.grave_acts)) for row in demarches(scope.key)]
    return [*acts, Act(OTHER_ACT, _("Autre démarche de ce thème"))]
