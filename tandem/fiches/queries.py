"""Reads of practice sheets: any aidant reads them all; names of structures, never of people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from tandem.fiches.models import Change, Thanks, Version, VersionQuerySet
from tandem.fiches.rules import NEWS_KEPT, AlertKind, HiddenBy, Piece, Texts, difference
from tandem.kernel.refusals import Refusal
from tandem.referentiels.models import Demarche
from tandem.referentiels.queries import demarches, search_demarches
from tandem.structures.models import Acteur


class FicheUnknown(Refusal):
    """No such démarche in the catalogue, or no such text among those the acteur may hide."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Cette fiche n’existe pas."))


def _listed(rows: QuerySet[Demarche]) -> QuerySet[Demarche]:
    """Each démarche with `written_at`, `written_by` (a structure), `changes_count`: one query for all."""
    latest = Version.objects.shown().filter(fiche__demarche=OuterRef("pk")).order_by("-number")
    standing = Q(changes__resolved_at=None, changes__hidden_at=None)
    return rows.annotate(
        written_at=Subquery(latest.values("at")[:1]),
        written_by=Subquery(latest.values("structure__name")[:1]),
        changes_count=Count("changes", filter=standing, distinct=True),
    )


def fiches_list(theme: str = "") -> QuerySet[Demarche]:
    """Every démarche of a thème, or of all, with what its sheet has."""
    return _listed(demarches(theme or None))


def fiches_found(q: str) -> QuerySet[Demarche]:
    """The démarches whose name, service or description holds every word."""
    return _listed(search_demarches(q))


def demarche_of(acteur: Acteur, slug: str) -> Demarche:
    """The démarche of a sheet, withdrawn ones included, for whoever helps people now.

    Raises:
        FicheUnknown: none has this name, or the acteur may not act.
    """
    found = Demarche.objects.select_related("theme").filter(slug=slug).first()
    if found is None or not acteur.may_act:
        raise FicheUnknown
    return found


@dataclass(frozen=True)
class Sheet:
    """What the page of a démarche shows."""

    demarche: Demarche
    version: Version | None
    changes: Sequence[Change]
    thanks: int
    thanked: bool

    @property
    def texts(self) -> Texts:
        found = self.version
        return Texts() if found is None else Texts(found.traps, found.limits, found.correspondents)

    @property
    def number(self) -> int:
        """The version shown; 0: none yet."""
        return 0 if self.version is None else self.version.number


def sheet_of(acteur: Acteur, slug: str) -> Sheet:
    """The sheet of a démarche as it stands, in four queries.

    Raises:
        FicheUnknown: no such démarche, or the acteur may not act.
    """
    demarche = demarche_of(acteur, slug)
    counts = Thanks.objects.filter(fiche__demarche=demarche).aggregate(
        total=Count("pk"), own=Count("pk", filter=Q(compte=acteur.compte))
    )
    return Sheet(
        demarche=demarche,
        version=versions_of(demarche).first(),
        changes=list(
            Change.objects.standing()
            .filter(demarche=demarche)
            .select_related("structure")
            .order_by("-at", "-pk")[:20]
        ),
        thanks=counts["total"],
        thanked=bool(counts["own"]),
    )


def versions_of(demarche: Demarche) -> VersionQuerySet:
    """The versions of a sheet that may be read, latest first."""
    return (
        Version.objects.shown()
        .filter(fiche__demarche=demarche)
        .select_related("structure")
        .order_by("-number")
    )


@dataclass(frozen=True)
class Compared:
    """A version, and what it changed from the one before it, part by part."""

    version: Version
    traps: list[Piece]
    limits: list[Piece]
    correspondents: list[Piece]


def compared(versions: Sequence[Version], before: Version | None) -> list[Compared]:
    """Each version against the next of the sequence (latest first); `before` follows the last one."""
    olders = [*versions[1:], before]
    parts = ("traps", "limits", "correspondents")
    return [
        Compared(
            version,
            *(
                difference("" if older is None else getattr(older, part), getattr(version, part))
                for part in parts
            ),
        )
        for version, older in zip(versions, olders, strict=True)
    ]


@dataclass(frozen=True)
class Alert:
    """Something that whoever has the démarche open should know: told by a structure, never by a person."""

    slug: str
    demarche: str
    kind: AlertKind
    words: str
    structure: str
    at: datetime


def alerts_since(slugs: Iterable[str], since: datetime, *, at: datetime) -> list[Alert]:
    """What changed for these démarches since an instant, latest first, in two queries.

    A report stands until a new version answers it; the new version is then told, for thirty days. `since`: when
    the démarche was opened, or last looked at.
    """
    wanted = Demarche.objects.filter(slug__in=list(slugs)).order_by().values("pk")
    return told(
        reports_on(wanted, since=since, at=at),
        news_on(wanted, since=max(since, at - NEWS_KEPT), at=at),
    )


def reports_on(demarches: QuerySet[Any, Any], *, since: datetime, at: datetime) -> QuerySet[Change]:
    """What aidants say has changed for these démarches (their keys), and no version answers."""
    return (
        Change.objects.standing()
        .filter(demarche__in=demarches, at__gte=since, at__lte=at)
        .select_related("demarche", "structure")
        .order_by("-at", "-pk")
    )


def news_on(demarches: QuerySet[Any, Any], *, since: datetime, at: datetime) -> QuerySet[Version]:
    """New texts for these démarches (their keys)."""
    # The first text of a sheet changes nothing that anyone had read.
    return (
        Version.objects.shown()
        .filter(fiche__demarche__in=demarches, number__gt=1, at__gte=since, at__lte=at)
        .select_related("fiche__demarche", "structure")
        .order_by("-at", "-pk")
    )


def told(reports: Iterable[Change], news: Iterable[Version]) -> list[Alert]:
    """Both in words, the latest first; one alert for each sheet rewritten."""
    found = [
        Alert(c.demarche.slug, c.demarche.name, AlertKind.REPORTED, c.words, c.structure.name, c.at)
        for c in reports
    ]
    latest: dict[str, Alert] = {}
    for version in news:
        demarche = version.fiche.demarche
        latest.setdefault(
            demarche.slug,
            Alert(
                demarche.slug,
                demarche.name,
                AlertKind.REWRITTEN,
                "",
                version.structure.name,
                version.at,
            ),
        )
    return sorted([*found, *latest.values()], key=lambda alert: alert.at, reverse=True)


def hideable(acteur: Acteur, public_id: UUID) -> Version | Change:
    """A text that the acteur may hide: of their structure for a référent, any for an operator.

    Raises:
        FicheUnknown: another structure's, hidden already, or none.
    """
    return _text(public_id, hideable_versions(acteur), hideable_changes(acteur))


def _text(
    public_id: UUID, versions: QuerySet[Version], changes: QuerySet[Change]
) -> Version | Change:
    found = (
        versions.filter(public_id=public_id).first() or changes.filter(public_id=public_id).first()
    )
    if found is None:
        raise FicheUnknown
    return found


def hideable_versions(acteur: Acteur) -> QuerySet[Version]:
    """The versions shown that the acteur may hide, latest first."""
    rows = Version.objects.shown().select_related("fiche__demarche", "structure")
    return rows.filter(_moderated_by(acteur)).order_by("-at", "-pk")


def hideable_changes(acteur: Acteur) -> QuerySet[Change]:
    """The reports standing that the acteur may hide, latest first."""
    rows = Change.objects.standing().select_related("demarche", "structure")
    return rows.filter(_moderated_by(acteur)).order_by("-at", "-pk")


def showable(acteur: Acteur, public_id: UUID) -> Version | Change:
    """A hidden text that the acteur may show again.

    Raises:
        FicheUnknown: not among them.
    """
    return _text(public_id, showable_versions(acteur), showable_changes(acteur))


def showable_versions(acteur: Acteur) -> QuerySet[Version]:
    """The versions hidden that the acteur may show again, the last hidden first."""
    rows = Version.objects.hidden().select_related("fiche__demarche", "structure")
    return rows.filter(_shown_again_by(acteur)).order_by("-hidden_at", "-pk")


def showable_changes(acteur: Acteur) -> QuerySet[Change]:
    """The reports hidden that the acteur may show again, the last hidden first."""
    rows = Change.objects.hidden().select_related("demarche", "structure")
    return rows.filter(_shown_again_by(acteur)).order_by("-hidden_at", "-pk")


def _shown_again_by(acteur: Acteur) -> Q:
    """The operator, anything; a référent, what a référent of the structure hid."""
    asked = _moderated_by(acteur)
    return asked & Q(hidden_by=HiddenBy.REFERENT) if acteur.may_manage else asked


def _moderated_by(acteur: Acteur) -> Q:
    if acteur.kind == "operator" and acteur.is_operator:
        return Q()
    return Q(structure=acteur.structure) if acteur.may_manage else Q(pk=None)
