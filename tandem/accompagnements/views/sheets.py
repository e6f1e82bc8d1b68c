"""Sheets of intake, for those who want paper: blank, or of one démarche."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tandem.accompagnements.rules import FREQUENT
from tandem.accompagnements.sheets import sheet
from tandem.documents.pdf import document_pdf
from tandem.documents.rules import Document
from tandem.kernel import clock
from tandem.referentiels import queries as referentiels
from tandem.structures.access import ActeurRequest, aidant_required


@require_safe
@aidant_required
def sheets(request: ActeurRequest) -> HttpResponse:
    """The blank sheet, the most asked for, then all by thème."""
    rows = list(referentiels.demarches())
    known = {row.slug: row for row in rows}
    frequent = [known[slug] for slug in FREQUENT if slug in known]
    return render(request, "accompagnements/sheets.html", {"demarches": rows, "frequent": frequent})


def _document(request: ActeurRequest, slug: str) -> Document:
    structure = request.acteur.structure
    demarche = referentiels.demarches().filter(slug=slug).first() if slug else None
    if structure is None or (slug and demarche is None):
        raise Http404
    return sheet(structure, demarche, at=clock.now())


@require_safe
@aidant_required
def sheet_page(request: ActeurRequest, slug: str = "") -> HttpResponse:
    """One sheet, to print from the browser."""
    context = {"document": _document(request, slug), "slug": slug, "address": ""}
    return render(request, "accompagnements/sheet.html", context)


@require_safe
@aidant_required
def sheet_pdf(request: ActeurRequest, slug: str = "") -> HttpResponse:
    """The same, as a PDF."""
    response = HttpResponse(document_pdf(_document(request, slug)), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="feuille.pdf"'
    return response
