"""A declaration leaves: read back, agreed to, filed; and what to do when it was wrong."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.declarations import actions, queries
from tandem.declarations.forms import AssentForm, SendForm
from tandem.declarations.models import Declaration
from tandem.declarations.readback import readback
from tandem.declarations.rules import AssentHow
from tandem.declarations.views.doors import attempted, declaration_page
from tandem.documents.pdf import document_pdf
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form


@require_http_methods(["GET", "HEAD", "POST"])
@declaration_page
def read_back(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """What will be sent, to be read aloud; the person says yes, and how (P-17, A-16)."""
    at = clock.now()
    form = AssentForm(data_of(request), initial={"number": row.number})
    if form.is_bound and form.is_valid():
        try:
            actions.record_assent(
                acteur=request.acteur,
                declaration=row,
                how=AssentHow(form.cleaned_data["how"]),
                number=form.cleaned_data["number"],
                at=at,
            )
        except actions.DeclarationRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("declarations:send", row.public_id)
    sheet = queries.sheet_of_declaration(row)
    context = {
        "row": row,
        "usager": row.usager,
        "document": readback(sheet, at=at),
        "ways": AssentHow.choices,
    }
    return render_form(request, "declarations/read_back.html", context, form)


@require_safe
@declaration_page
def paper(_request: ActeurRequest, row: Declaration) -> HttpResponse:
    """The same on paper, in large type, under a name that says nothing of anyone."""
    content = document_pdf(readback(queries.sheet_of_declaration(row), at=clock.now()))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="declaration.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@declaration_page
def send(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """It left; with its receipt, or the reason why there is none."""
    at = clock.now()
    followed = row.demarche_suivie
    initial = {"mode": followed.mode, "presence": followed.presence}
    form = SendForm(data_of(request), request.FILES or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.file_declaration(
                acteur=request.acteur,
                declaration=row,
                filing=form.filing(again=row.corrects_id is not None),
                key=form.cleaned_data["key"],
                next_on=form.cleaned_data["next_on"],
                overridden=form.overridden,
                at=at,
            )
        except actions.DeclarationRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est envoyé. La prochaine déclaration est notée."))
            return redirect(row)
    warning = queries.ends_before_next(row, at=at)
    context = {"row": row, "usager": row.usager, "warning": warning}
    return render_form(request, "declarations/send.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@declaration_page
def repair(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """What was sent, what to correct, whom to call; POST begins the correction."""
    if request.method == "POST":
        try:
            found = actions.begin_correction(acteur=request.acteur, declaration=row, at=clock.now())
        except actions.DeclarationRefused as refusal:
            messages.error(request, refusal.message)
            return redirect(row)
        return redirect("declarations:fill", found.public_id)
    standing = queries.standing_of(row)
    context = {
        "row": row,
        "usager": row.usager,
        "standing": standing,
        "sheet": queries.sheet_of_declaration(standing),
        "correction": queries.open_correction_of(row),
        "correspondents": queries.correspondents_of(request.acteur, row),
    }
    return render(request, "declarations/repair.html", context)


@require_POST
@declaration_page
def lettre(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """The letter of the correction, ready to be read and changed."""
    try:
        found = actions.prepare_lettre(acteur=request.acteur, declaration=row, at=clock.now())
    except actions.DeclarationRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(row)
    return redirect("courriers:lettre_edit", found.public_id)


@require_POST
@declaration_page
def alone(request: ActeurRequest, row: Declaration) -> HttpResponse:
    """The person sent it without us: copy what the site shows."""
    acteur, at = request.acteur, clock.now()
    return attempted(
        request,
        row,
        lambda: actions.note_sent_alone(acteur=acteur, declaration=row, at=at),
        "declarations:fill",
    )
