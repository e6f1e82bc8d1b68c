"""Declarations of a person, and one while it is prepared."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.accompagnements.models import DemarcheSuivie
from tandem.declarations import actions, queries
from tandem.declarations.forms import BeginForm, LineForm, ValuesForm
from tandem.declarations.models import Declaration
from tandem.declarations.views.doors import (
    attempted,
    declaration_page,
    followed_page,
)
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import person_page
from tandem.usagers.models import Usager


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def of_person(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """What is declared for one person every so often; POST prepares one."""
    found = queries.declarations_for_person(request.acteur, usager, with_sent=True)
    choices = queries.declarable([*found.open, *found.ready])
    form = BeginForm(data_of(request), demarches=choices)
    if form.is_bound and form.is_valid():
        try:
            row = actions.begin_for(
                acteur=request.acteur,
                usager=usager,
                demarche=form.chosen,
                key=form.cleaned_data["key"],
                at=clock.now(),
            )
        except actions.DeclarationRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("declarations:fill", row.public_id)
    context = {"usager": usager, "found": found, "choices": choices}
    return render_form(request, "declarations/of_person.html", context, form)


@require_POST
@followed_page
def prepare(request: ActeurRequest, followed: DemarcheSuivie) -> HttpResponse:
    """The declaration to send now, for a démarche already followed."""
    try:
        row = actions.prepare(acteur=request.acteur, demarche_suivie=followed, at=clock.now())
    except actions.DeclarationRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(followed)
    return redirect("declarations:fill", row.public_id)


@require_safe
@declaration_page
def detail(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """One declaration: what it says, where each value comes from, what became of it."""
    sheet = queries.sheet_of_declaration(row)
    context = {
        "row": row,
        "usager": row.usager,
        "sheet": sheet,
        "warning": queries.ends_before_next(row, at=clock.now()),
        "due": queries.next_due(row.demarche_suivie),
        "correction": queries.open_correction_of(row),
    }
    return render(request, "declarations/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@declaration_page
def fill(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """Every value, the former one beside; « later » keeps without reading back."""
    sheet = queries.sheet_of_declaration(row)
    form = ValuesForm(data_of(request), row=row, groups=sheet.groups)
    if form.is_bound and form.is_valid():
        try:
            actions.save_values(
                acteur=request.acteur, declaration=row, typed=form.typed, at=clock.now()
            )
        except actions.DeclarationRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return _after(request, row, added=bool(form.cleaned_data["added_person"]))
    today = row.usager.local_date(clock.now())
    context = {
        "row": row,
        "usager": row.usager,
        "sheet": sheet,
        "early": row.filed_at is None and row.period_start > row.form.first_month(today),
    }
    return render_form(request, "declarations/fill.html", context, form)


def _after(request: ActeurRequest, row: Declaration, *, added: bool) -> HttpResponse:
    if added:
        messages.success(request, _("C’est enregistré. Remplissez les lignes de cette personne."))
        return redirect("declarations:fill", row.public_id)
    if "later" in request.POST or row.sent_alone:
        messages.success(request, _("C’est enregistré."))
        return redirect(row)
    return redirect("declarations:read_back", row.public_id)


@require_POST
@declaration_page
def copy(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """« Tout est comme la dernière fois » : one gesture."""
    acteur, at = request.acteur, clock.now()
    return attempted(
        request,
        row,
        lambda: actions.copy_former(acteur=acteur, declaration=row, at=at),
        "declarations:fill",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@declaration_page
def leave(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """A line that the aidant does not enter; no reason is asked (P-18)."""
    form = LineForm(data_of(request), period=row.period, left=row.left_lines)
    if form.is_bound and form.is_valid():
        line = form.cleaned_data["line"]
        acteur, at = request.acteur, clock.now()
        return attempted(
            request,
            row,
            lambda: actions.leave_line(acteur=acteur, declaration=row, line=line, at=at),
            "declarations:fill",
        )
    left = [line for line in row.form.lines if line.key in row.left_lines]
    context = {"row": row, "usager": row.usager, "left": left}
    return render_form(request, "declarations/leave.html", context, form)


@require_POST
@declaration_page
def resume(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """The line is entered here after all."""
    line = request.POST.get("line", "")
    acteur, at = request.acteur, clock.now()
    return attempted(
        request,
        row,
        lambda: actions.resume_line(acteur=acteur, declaration=row, line=line, at=at),
        "declarations:fill",
    )
