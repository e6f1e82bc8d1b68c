"""Pages of the dates that must not be missed."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.queries import demarche_visible_to
from tandem.echeances import actions, ics, queries
from tandem.echeances.forms import ChangeForm, EcheanceForm
from tandem.echeances.models import Echeance
from tandem.echeances.queries import Listed
from tandem.echeances.rules import LIST_PAGE, EcheanceKind, Noted
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.referentiels.public_days import NOT_COVERED
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING
from tandem.usagers.actions import record_reading
from tandem.usagers.models import Usager
from tandem.usagers.queries import usager_visible_to

_TABS = (
    (Listed.SOON, gettext_lazy("Cette semaine")),
    (Listed.LATER, gettext_lazy("Plus tard")),
    (Listed.ENDED, gettext_lazy("Terminées")),
)


def _read(request: ActeurRequest, usager: Usager | None) -> None:
    """A page opened about someone leaves its line; beside another person, it stays closed (P-11, P-28)."""
    if usager is not None and request.method in {"GET", "HEAD"}:
        record_reading(acteur=request.acteur, usager=usager, at=clock.now())


@require_safe
@aidant_required
def listing(request: ActeurRequest) -> HttpResponse:
    """What could be lost this week, what comes later, what is over."""
    at = clock.now()
    asked = request.GET.get("liste", "")
    listed = Listed(asked) if asked in set(Listed) else Listed.SOON
    team = request.GET.get("equipe") == "1"
    rows = queries.echeances_listed(request.acteur, listed=listed, at=at, mine=not team)
    page = Paginator(rows, LIST_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.shown(page.object_list, today=queries.today_of(request.acteur, at)),
        "listed": listed,
        "tabs": _TABS,
        "team": team,
        "beside": bool(request.acteur.beside),
        "at": at,
    }
    return render(request, "echeances/list.html", context)


@require_safe
@get_writes(READING)
@aidant_required
def of_demarche(request: ActeurRequest, demarche_id: UUID) -> HttpResponse:
    """The dates of one démarche, what will be asked, whom to write next, and where all this comes from."""
    at = clock.now()
    followed = demarche_visible_to(request.acteur, demarche_id)
    _read(request, followed.usager)
    dates = queries.dates_of(request.acteur, followed, at=at)
    context = {"followed": followed, "dates": dates, "at": at, "not_covered": NOT_COVERED}
    return render(request, "echeances/demarche.html", context)


@require_safe
@get_writes(READING)
@aidant_required
def detail(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """One date: what it is, what is lost after it, where it comes from."""
    at = clock.now()
    row = queries.echeance_visible_to(request.acteur, public_id)
    _read(request, row.person)
    [date] = queries.shown([row], today=row.local_date(at))
    context = {"date": date, "echeance": row, "at": at, "not_covered": NOT_COVERED}
    return render(request, "echeances/detail.html", context)


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def add_to_demarche(request: ActeurRequest, demarche_id: UUID) -> HttpResponse:
    """Note a date of a démarche."""
    followed = demarche_visible_to(request.acteur, demarche_id)
    _read(request, followed.usager)
    return _add(request, followed, {"followed": followed, "person": followed.usager})


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def add_to_person(request: ActeurRequest, usager_id: UUID) -> HttpResponse:
    """Note a date of a person, without a démarche."""
    usager = usager_visible_to(request.acteur, usager_id)
    _read(request, usager)
    return _add(request, usager, {"followed": None, "person": usager})


def _add(
    request: ActeurRequest, owner: DemarcheSuivie | Usager, context: dict[str, object]
) -> HttpResponse:
    form = EcheanceForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.add_echeance(
                acteur=request.acteur,
                owner=owner,
                noted=Noted(
                    kind=EcheanceKind(data["kind"]),
                    title=data["title"],
                    due_on=data["due_on"],
                    missed=data["missed"],
                    overridden=tuple(form.overridden),
                ),
                key=data["key"],
                at=clock.now(),
            )
        except actions.EcheanceRefused as refusal:
            form.add_error("due_on", refusal.message)
        else:
            messages.success(request, _("C’est noté. Tandem vous le rappellera."))
            return redirect(row)
    return render_form(request, "echeances/add.html", context, form)


@require_http_methods(["GET", "POST"])
@get_writes(READING)
@aidant_required
def change(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Another day, or better words."""
    row = queries.echeance_visible_to(request.acteur, public_id)
    _read(request, row.person)
    initial = {"title": row.title, "missed": row.missed, "due_on": row.due_on}
    form = ChangeForm(data_of(request), typed=not row.rule, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_echeance(
                acteur=request.acteur,
                echeance=row,
                at=clock.now(),
                overridden=form.overridden,
                **form.cleaned_data,
            )
        except actions.EcheanceRefused as refusal:
            form.add_error("due_on", refusal.message)
        else:
            messages.success(request, _("C’est changé."))
            return redirect(row)
    return render_form(request, "echeances/change.html", {"echeance": row}, form)


@require_POST
@aidant_required
def finish(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """It is done."""
    row = queries.echeance_visible_to(request.acteur, public_id)
    actions.finish_echeance(acteur=request.acteur, echeance=row, at=clock.now())
    messages.success(request, _("C’est fait : cette date n’attend plus."))
    return redirect(row)


@require_POST
@aidant_required
def drop(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """It has no object any more."""
    row = queries.echeance_visible_to(request.acteur, public_id)
    actions.drop_echeance(acteur=request.acteur, echeance=row, at=clock.now())
    messages.success(request, _("Cette date est retirée. Vous pouvez la remettre depuis sa page."))
    return redirect(row)


@require_POST
@aidant_required
def reopen(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """A tap too many."""
    row = queries.echeance_visible_to(request.acteur, public_id)
    actions.reopen_echeance(acteur=request.acteur, echeance=row, at=clock.now())
    messages.success(request, _("Cette date est de nouveau dans la liste."))
    return redirect(row)


@require_safe
@aidant_required
def calendar(request: ActeurRequest) -> HttpResponse:
    """Every open date this aidant holds, as a file for their calendar; it names nobody."""
    return _calendar_file(queries.calendar_of(request.acteur))


@require_safe
@aidant_required
def calendar_one(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """One date, as a file for a calendar; it names nobody."""
    return _calendar_file([queries.echeance_visible_to(request.acteur, public_id)])


def _calendar_file(rows: list[Echeance]) -> HttpResponse:
    site = settings.TANDEM_SITE_URL
    events = [
        ics.Event(
            row.public_id,
            row.due_on,
            _("Démarche à suivre (Tandem)"),
            site + row.get_absolute_url(),
        )
        for row in rows
    ]
    host = urlsplit(site).hostname or "tandem"
    content = ics.calendar(events, host=host, name=_("Tandem"), at=clock.now())
    disposition = 'attachment; filename="tandem.ics"'
    return HttpResponse(
        content, content_type=ics.MEDIA_TYPE, headers={"Content-Disposition": disposition}
    )
