"""Reads of the catalogue and of the communes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from tandem.kernel.prepared import Prepared
from tandem.referentiels import accounts, deadline_sources, declared
from tandem.referentiels.accounts import AccountService
from tandem.referentiels.deadlines import DeadlineRule, DemarcheDeadlines, Recurrence
from tandem.referentiels.declared import DeclaredForm
from tandem.referentiels.models import Commune, Demarche, Theme
from tandem.referentiels.rules import THEME_KEYS, GraveAct, Scope, ScopeKind, fold, overlaps
from tandem.referentiels.sources import country_names

_SLUG = re.compile(r"[a-z0-9-]{1,80}")


@dataclass(frozen=True)
class ScopeDescription:
    """A scope in the words shown to the person; frozen in the snapshot of a mandat."""

    scope: str
    theme: str
    theme_title: str
    title: str
    description: str
    examples: tuple[str, ...]
    pictogram: str
    service: str
    franceconnect: bool
    private: bool
    grave_acts: tuple[str, ...]

    @property
    def grave_labels(self) -> list[str]:
        return [str(GraveAct(act).label) for act in self.grave_acts]


def themes() -> QuerySet[Theme]:
    """The ten thèmes, in their order."""
    return Theme.objects.order_by("order")


def demarches(theme: str | None = None) -> QuerySet[Demarche]:
    """Active démarches, of one thème (by key) or of all."""
    rows = (
        Demarche.objects.filter(active=True)
        .select_related("theme")
        .order_by("theme__order", "name")
    )
    if theme is None:
        return rows
    # What an address says may be anything: PostgreSQL refuses some of it as text.
    return rows.filter(theme__key=theme) if theme in THEME_KEYS else rows.none()


def demarche_named(slug: str) -> Demarche | None:
    """The active démarche that a page names; None when what it says is no name of the catalogue."""
    return demarches().filter(slug=slug).first() if _SLUG.fullmatch(slug) else None


def search_demarches(q: str) -> QuerySet[Demarche]:
    """Active démarches whose name, service or description holds every word of `q`, accents ignored."""
    rows = demarches()
    words = fold(q).split()
    if not words:
        return rows.none()
    for word in words:
        rows = rows.filter(search_text__contains=word)
    return rows


def theme_of(slugs: Iterable[str] | None = None) -> dict[str, str]:
    """The key of the thème of each démarche, by slug (withdrawn démarches included)."""
    rows = Demarche.objects.order_by("slug")
    if slugs is not None:
        rows = rows.filter(slug__in=list(slugs))
    return dict(rows.values_list("slug", "theme__key"))


def theme_key(scope: str) -> str:
    """The thème of a scope line.

    Raises:
        Demarche.DoesNotExist: the scope names a démarche the catalogue never held.
        InvalidScope: the text is no scope.
    """
    parsed = Scope.parse(scope)
    if parsed.kind == ScopeKind.THEME:
        return parsed.key
    return Demarche.objects.select_related("theme").get(slug=parsed.key).theme.key


def overlapping(scopes: Iterable[str]) -> list[tuple[str, str]]:
    """`rules.overlaps`, with the thèmes read from the catalogue."""
    wanted = list(scopes)
    slugs = [
        Scope.parse(text).key for text in wanted if Scope.parse(text).kind == ScopeKind.DEMARCHE
    ]
    return overlaps(wanted, theme_of=theme_of(slugs))


def describe_scope(scope: str) -> ScopeDescription:
    """A scope in the words shown to the person.

    Raises:
        Theme.DoesNotExist, Demarche.DoesNotExist: not in the catalogue.
        InvalidScope: the text is no scope.
    """
    parsed = Scope.parse(scope)
    if parsed.kind == ScopeKind.THEME:
        return _describe_theme(Theme.objects.get(key=parsed.key))
    return _describe_demarche(Demarche.objects.select_related("theme").get(slug=parsed.key))


# Asked by every page that names a line.
_THEMES = Prepared(themes)


def describe_scopes(scopes: Iterable[str]) -> list[ScopeDescription]:
    """`describe_scope` of each, in the order given, in two queries."""
    wanted = [Scope.parse(text) for text in scopes]
    by_key = {theme.key: theme for theme in _THEMES.all()}
    slugs = [scope.key for scope in wanted if scope.kind == ScopeKind.DEMARCHE]
    rows = Demarche.objects.filter(slug__in=slugs).select_related("theme") if slugs else ()
    by_slug = {row.slug: row for row in rows}
    return [
        _describe_theme(by_key[scope.key])
        if scope.kind == ScopeKind.THEME
        else _describe_demarche(by_slug[scope.key])
        for scope in wanted
    ]


def _describe_theme(theme: Theme) -> ScopeDescription:
    return ScopeDescription(
        scope=f"theme:{theme.key}",
        theme=theme.key,
        theme_title=theme.title,
        title=theme.title,
        description=theme.description,
        examples=tuple(theme.examples),
        pictogram=theme.pictogram,
        service="",
        franceconnect=True,
        private=False,
        grave_acts=(),
    )


def _describe_demarche(demarche: Demarche) -> ScopeDescription:
    return ScopeDescription(
        scope=f"demarche:{demarche.slug}",
        theme=demarche.theme.key,
        theme_title=demarche.theme.title,
        title=demarche.name,
        description=demarche.description,
        examples=(),
        pictogram=demarche.theme.pictogram,
        service=demarche.service,
        franceconnect=demarche.franceconnect,
        private=demarche.private,
        grave_acts=tuple(demarche.grave_acts),
    )


def commune(insee: str) -> Commune | None:
    """The commune of that INSEE code, former communes included."""
    return Commune.objects.filter(insee=insee).first()


def communes_of_postcode(postcode: str) -> QuerySet[Commune]:
    """Current communes that one postcode serves, by name."""
    if len(postcode) != 5 or not postcode.isdigit():
        return Commune.objects.none()
    return Commune.objects.filter(postcodes__contains=postcode, current=True).order_by(
        "name", "insee"
    )


def search_communes(q: str, *, limit: int = 20) -> list[Commune]:
    """Current communes whose name begins with `q` (≥ 2 letters) or whose postcode is `q`."""
    text = fold(q)
    if text.isdigit():
        return list(communes_of_postcode(text)[:limit])
    if len(text) < 2:
        return []
    rows = Commune.objects.filter(search_name__startswith=text, current=True)
    return list(rows.order_by("search_name", "insee")[:limit])


def place_name(code: str) -> str:
    """The name of a birthplace: a commune or a country by its INSEE code; the code when unknown."""
    if code.startswith("99"):
        return country_names().get(code, code)
    found = commune(code)
    return code if found is None else found.name


def deadlines_of(slug: str) -> DemarcheDeadlines | None:
    """Deadlines, silences, what comes back and what will be asked, for one démarche; None: not in the catalogue."""
    return deadline_sources.deadlines().get(slug)


def deadline_rule(key: str) -> DeadlineRule | None:
    """One rule of the catalogue of deadlines."""
    return deadline_sources.rules().get(key)


def recurrence(key: str) -> Recurrence | None:
    """One thing that comes back."""
    return deadline_sources.recurrences().get(key)


def account_services() -> tuple[AccountService, ...]:
    """The services whose account a person may create or find again, with their steps."""
    return accounts.services()


def account_service(key: str) -> AccountService | None:
    """One of them."""
    return next((service for service in accounts.services() if service.key == key), None)


def declared_form(slug: str) -> DeclaredForm | None:
    """What a declaration that comes back asks; None: this démarche is none."""
    return declared.declared_forms().get(slug)


def declared_slugs() -> tuple[str, ...]:
    """The démarches that are declarations that come back."""
    return tuple(declared.declared_forms())
