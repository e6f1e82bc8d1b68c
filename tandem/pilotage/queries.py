"""Reads of pilotage: what happened in a month, and what may be shown of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from tandem.accompagnements.models import Aide, Etape
from tandem.accompagnements.rules import AideKind, Mode
from tandem.mandats.models import Usage
from tandem.mandats.rules import Presence
from tandem.pilotage import rules
from tandem.pilotage.models import ClosedMonth, MonthCount
from tandem.pilotage.rules import Cell, Table
from tandem.referentiels.models import Theme
from tandem.structures.models import Acteur, Structure

Counts = dict[str, dict[str, int]]


def count_month(structure: Structure, first: date) -> Counts:
    """What a structure did in a month, by table and by line: simple help, steps on démarches, uses of mandats.

    Every table but those of people counts the same helps: their sums are equal.
    """
    start, end = rules.bounds(first, structure.zone)
    aides = Aide.objects.filter(structure=structure, at__gte=start, at__lt=end)
    etapes = _etapes(structure, start, end)
    usages = _usages(structure, start, end)
    kinds = _by(aides, "kind")
    kinds[rules.DEMARCHE], kinds[rules.USAGE] = etapes.count(), usages.count()
    modes = _by(aides, "mode") + _by(etapes, "mode")
    # A use through FranceConnect is done in the person's place.
    modes[Mode.A_SA_PLACE] += kinds[rules.USAGE]
    presences = _by(aides, "presence") + _by(etapes, "presence") + _by(usages, "presence")
    themes = (
        _by(aides, "theme__key")
        + _by(etapes, "demarche_suivie__demarche__theme__key", "demarche_suivie__theme__key")
        + _by(usages, "autorisation__theme")
    )
    found: Counts = {
        Table.PERSONS: {rules.EVERYONE: _persons(etapes, usages)},
        Table.KINDS: dict(kinds),
        Table.MODES: dict(modes),
        Table.PRESENCES: dict(presences),
        Table.THEMES: dict(themes),
    }
    if first.month == 12:
        start = rules.bounds(first.replace(month=1), structure.zone)[0]
        year = _persons(_etapes(structure, start, end), _usages(structure, start, end))
        found[Table.PERSONS_YEAR] = {rules.EVERYONE: year}
    return found


def _etapes(structure: Structure, start: datetime, end: datetime) -> QuerySet[Etape]:
    return Etape.objects.filter(
        demarche_suivie__structure=structure, at__gte=start, at__lt=end
    ).exclude(mode="")


def _usages(structure: Structure, start: datetime, end: datetime) -> QuerySet[Usage]:
    return Usage.objects.filter(
        autorisation__structure=structure, used_at__gte=start, used_at__lt=end
    )


def _by(rows: QuerySet[Aide] | QuerySet[Etape] | QuerySet[Usage], *fields: str) -> Counter[str]:
    """How many rows for each value of the first field that has one."""
    counted: Counter[str] = Counter()
    for *values, number in rows.order_by().values_list(*fields).annotate(number=Count("pk")):
        counted[next((str(value) for value in values if value), rules.NO_THEME)] += number
    return counted


def _persons(etapes: QuerySet[Etape], usages: QuerySet[Usage]) -> int:
    """People with a name who were helped; simple help knows nobody (P-02)."""
    followed = etapes.filter(demarche_suivie__usager__isnull=False).values_list(
        "demarche_suivie__usager_id"
    )
    used = usages.values_list("autorisation__usager_id")
    return followed.order_by().union(used.order_by()).count()


@dataclass(frozen=True)
class Line:
    """One figure and its words."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class TableShown:
    """One table as it may be printed. `total`: of what is shown."""

    title: str
    lines: list[Line]

    @property
    def total(self) -> int:
        return sum(line.cell.value or 0 for line in self.lines)

    @property
    def hides(self) -> bool:
        """A figure is masked, or says less than the whole."""
        return any(line.cell.value is None or line.cell.at_least for line in self.lines)


@dataclass(frozen=True)
class Period:
    """A month, or a whole year, with its tables. Empty `tables`: nothing was counted."""

    year: int
    month: date | None
    tables: list[TableShown]


def years_of(acteur: Acteur) -> dict[int, list[date]]:
    """The closed months of the acteur's structure, by year, the latest year first."""
    closed = ClosedMonth.objects.filter(structure=acteur.structure)
    return _by_year(closed.order_by("month").values_list("month", flat=True))


def instance_years() -> dict[int, list[date]]:
    """The months closed somewhere in this installation, by year."""
    return _by_year(
        ClosedMonth.objects.order_by("month").values_list("month", flat=True).distinct()
    )


def _by_year(months: Iterable[date]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for month in months:
        found.setdefault(month.year, []).append(month)
    return dict(sorted(found.items(), reverse=True))


def period_of(acteur: Acteur, *, year: int, month: date | None, closed: list[date]) -> Period:
    """What may be shown of a month, or of a year when its twelve months are closed (S-54)."""
    rows = MonthCount.objects.filter(structure=acteur.structure, month__year=year)
    return _period(_counts(rows), year=year, month=month, whole=len(closed) == 12)


def _counts(rows: QuerySet[MonthCount]) -> dict[date, Counts]:
    found: dict[date, Counts] = {}
    for row in rows:
        found.setdefault(row.month, {}).setdefault(row.table, {})[row.line] = row.value
    return found


def _period(found: dict[date, Counts], *, year: int, month: date | None, whole: bool) -> Period:
    tables = []
    labels = _labels()
    for table in Table:
        months = [counts.get(table, {}) for _month, counts in sorted(found.items())]
        if month is not None and table is not Table.PERSONS_YEAR:
            cells = _cells(found.get(month, {}).get(table, {}))
        elif month is None and whole and table is Table.PERSONS_YEAR:
            cells = _people_of_year(found)
        elif month is None and whole and table is not Table.PERSONS:
            cells = rules.publish_year(months)
        else:
            continue
        lines = [Line(label, cells[key]) for key, label in labels[table].items() if key in cells]
        if lines:
            tables.append(TableShown(str(table.label), lines))
    return Period(year, month, tables)


def _cells(counts: Mapping[str, int]) -> dict[str, Cell]:
    return {key: Cell(value) for key, value in rules.publish(counts).items()}


def _people_of_year(found: Mapping[date, Counts]) -> dict[str, Cell]:
    """The people of the year, counted when its last month closed."""
    key = rules.EVERYONE
    year = sum(counts.get(Table.PERSONS_YEAR, {}).get(key, 0) for counts in found.values())
    months = [counts.get(Table.PERSONS, {}).get(key, 0) for counts in found.values()]
    return {key: rules.publish_people(year, months)} if year else {}


def _labels() -> dict[Table, dict[str, str]]:
    """The lines of each table in the order of the page, in words."""
    helps = {str(kind): str(kind.label) for kind in AideKind}
    helps |= {
        rules.DEMARCHE: _("Démarche suivie : une étape"),
        rules.USAGE: _("Connexion avec un mandat"),
    }
    everyone = {rules.EVERYONE: _("Personnes aidées")}
    themes = {theme.key: theme.title for theme in Theme.objects.order_by("order")}
    return {
        Table.PERSONS: everyone,
        Table.PERSONS_YEAR: everyone,
        Table.KINDS: helps,
        Table.MODES: {
            str(Mode.A_SA_PLACE): _("À sa place"),
            str(Mode.ENSEMBLE): _("Ensemble"),
            str(Mode.SEULE): _("La personne elle-même, l’aidant à côté"),
        },
        Table.PRESENCES: {
            str(Presence.PRESENCE): _("Sur place"),
            str(Presence.TELEPHONE): _("Par téléphone"),
            str(Presence.ABSENCE): _("En son absence"),
        },
        Table.THEMES: themes | {rules.NO_THEME: _("Sans thème")},
    }


def export_rows(acteur: Acteur, *, year: int) -> list[list[str]]:
    """One row per month, table and line, as the pages show them; a hidden figure is « moins de 11 » or masked."""
    rows = MonthCount.objects.filter(structure=acteur.structure, month__year=year)
    found = _counts(rows)
    exported = []
    for month in sorted(found):
        for table in _period(found, year=year, month=month, whole=False).tables:
            exported += [
                [
                    f"{month:%Y-%m}",
                    rules.neutral(table.title),
                    rules.neutral(line.label),
                    _("masqué") if line.cell.value is None else str(line.cell.value),
                ]
                for line in table.lines
            ]
    return exported


def by_commune(*, year: int, closed: list[date]) -> list[Line]:
    """Helps of every structure in a year that is over, by commune of the structure, as they may be shown."""
    if len(closed) < 12:
        return []
    rows = (
        MonthCount.objects.filter(month__year=year, table=Table.KINDS)
        .order_by("structure__city")
        .values_list("structure__city")
        .annotate(number=Sum("value"))
    )
    cells = _cells(dict(rows))
    return [Line(city, cell) for city, cell in cells.items()]
