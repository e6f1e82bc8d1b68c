"""Documents of a mandat: a page made to be read aloud and printed, and its PDF."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tandem.documents.actions import record_paper
from tandem.documents.forms import PaperForm
from tandem.documents.pdf import document_pdf, verification_address
from tandem.documents.queries import (
    UnknownDocument,
    acts_of_line,
    document_of,
    line_title,
    paper_of,
)
from tandem.documents.rules import Document
from tandem.impression.qr import qr_svg
from tandem.impression.rules import grouped
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.mandats import queries
from tandem.referentiels.rules import GraveAct
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.actions import record_reading

COVER = "couverture"


def pdf_response(document: Document, *, cover: bool) -> HttpResponse:
    """The PDF, under a name that says nothing of anyone."""
    response = HttpResponse(document_pdf(document, cover=cover), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{document.kind}.pdf"'
    return response


def page_context(document: Document) -> dict[str, object]:
    """What the page of a document shows."""
    address = verification_address(document.code) if document.code else ""
    title = _("Code QR qui ouvre la page de vérification")
    return {
        "document": document,
        "qr": qr_svg(address, title=title) if address else "",
        "address": address,
        "seal": grouped(document.seal),
    }


@get_writes("Reading is an act, and is journaled (P-11).")
@require_GET
@aidant_required
def page(request: ActeurRequest, mandat_id: UUID, kind: str) -> HttpResponse:
    """The page of one document."""
    at = clock.now()
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    try:
        found = document_of(mandat, kind, at=at)
    except UnknownDocument as error:
        raise Http404 from error
    record_reading(acteur=request.acteur, usager=mandat.usager, at=at)
    context = {**page_context(found), "mandat": mandat, "kind": kind}
    return render(request, "documents/document.html", context)


@get_writes("Reading is an act, and is journaled (P-11).")
@require_GET
@aidant_required
def pdf(request: ActeurRequest, mandat_id: UUID, kind: str) -> HttpResponse:
    """The same on paper; `?couverture=1` puts a cover before it (P-29)."""
    at = clock.now()
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    try:
        found = document_of(mandat, kind, at=at)
    except UnknownDocument as error:
        raise Http404 from error
    record_reading(acteur=request.acteur, usager=mandat.usager, at=at)
    return pdf_response(found, cover=COVER in request.GET)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def paper_of_day(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """Name one precise act, then print the paper that the person signs today (P-06). Nothing is kept."""
    at = clock.now()
    line = get_object_or_404(
        queries.autorisations_visible_to(request.acteur), public_id=autorisation_id
    )
    choices = acts_of_line(line)
    form = PaperForm(data_of(request), acts=choices)
    if not (form.is_bound and form.is_valid()):
        context = {"line": line, "title": line_title(line), "at": at}
        return render_form(request, "documents/paper.html", context, form)
    record_paper(acteur=request.acteur, line=line, overridden=form.overridden, at=at)
    act = form.chosen
    paper = paper_of(
        line,
        act=act.name,
        detail=form.cleaned_data["detail"],
        grave=[str(GraveAct(key).label) for key in act.grave_acts],
        at=at,
    )
    if "pdf" in request.POST:
        return pdf_response(paper, cover=False)
    return render(request, "documents/document.html", page_context(paper))
