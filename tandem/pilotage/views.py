"""Pages of figures: for the référents of a structure, for the operator of the installation."""

import csv

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tandem.kernel import clock
from tandem.pilotage import actions, queries
from tandem.pilotage.forms import ExportForm, PeriodForm
from tandem.structures.access import ActeurRequest, operator_required, referent_required

BYTE_ORDER_MARK = "\ufeff"


@require_safe
@referent_required
def statistics(request: ActeurRequest) -> HttpResponse:
    """What the structure did in a month or a year; printed as it is for a funder."""
    years = queries.years_of(request.acteur)
    form = PeriodForm(request.GET or None, years=years)
    period = None
    if form.chosen is not None:
        year, month = form.chosen
        period = queries.period_of(request.acteur, year=year, month=month, closed=years[year])
    context = {"form": form, "period": period, "at": clock.now()}
    return render(request, "pilotage/statistics.html", context)


@require_POST
@referent_required
def export(request: ActeurRequest) -> HttpResponse:
    """The same figures for every month of a year, as a file for a spreadsheet."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        return redirect("pilotage:statistics")
    year = form.cleaned_data["annee"]
    rows = actions.export_year(acteur=request.acteur, year=year, at=clock.now())
    answer = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tandem-statistiques-{year}.csv"'
    writer = csv.writer(answer, delimiter=";", lineterminator="\r\n")
    writer.writerow(["mois", "tableau", "ligne", "nombre"])
    writer.writerows(rows)
    return answer


@require_safe
@operator_required
def instance(request: ActeurRequest) -> HttpResponse:
    """Helps of every structure by commune, once a year is over."""
    years = queries.instance_years()
    tables = [
        (year, queries.by_commune(year=year, closed=months))
        for year, months in years.items()
        if len(months) == 12
    ]
    return render(request, "pilotage/instance.html", {"tables": tables})
