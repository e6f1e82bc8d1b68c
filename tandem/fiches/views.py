"""The pages of practice sheets."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.fiches import actions, queries
from tandem.fiches.forms import ChangeForm, HideForm, SearchForm, VersionForm
from tandem.fiches.models import Change, Version
from tandem.fiches.rules import HideReason
from tandem.kernel import clock
from tandem.referentiels.queries import themes
from tandem.structures.access import (
    ActeurRequest,
    aidant_required,
    operator_required,
    referent_required,
)
from tandem.structures.models import Acteur
from tandem.ui.shortcuts import data_of, render_form

SHEETS_A_PAGE = 25
VERSIONS_A_PAGE = 5
TEXTS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def index(request: ActeurRequest) -> HttpResponse:
    """Every démarche, by thème; POST: those that hold the words typed."""
    form = SearchForm(data_of(request))
    theme = request.GET.get("theme", "")
    rows = queries.fiches_list(theme)
    if form.is_bound and form.is_valid():
        rows = queries.fiches_found(form.cleaned_data["q"])[:SHEETS_A_PAGE]
    page = Paginator(rows, SHEETS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "themes": themes(), "theme": theme, "searched": form.is_bound}
    return render_form(request, "fiches/index.html", context, form)


@require_safe
@aidant_required
def sheet(request: ActeurRequest, slug: str) -> HttpResponse:
    """What aidants know of a démarche."""
    context = {"sheet": queries.sheet_of(request.acteur, slug), "acteur": request.acteur}
    return render(request, "fiches/sheet.html", context)


@require_safe
@aidant_required
def printed(request: ActeurRequest, slug: str) -> HttpResponse:
    """The same on paper."""
    context = {
        "sheet": queries.sheet_of(request.acteur, slug),
        "structure": request.acteur.structure,
        "at": clock.now(),
    }
    return render(request, "fiches/printed.html", context)


@require_http_methods(["GET", "POST"])
@aidant_required
def write(request: ActeurRequest, slug: str) -> HttpResponse:
    """A new version, begun from the one that stands."""
    found = queries.sheet_of(request.acteur, slug)
    texts = found.texts
    form = VersionForm(
        data_of(request),
        initial={
            "traps": texts.traps,
            "limits": texts.limits,
            "correspondents": texts.correspondents,
            "based_on": found.number,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_version(
                acteur=request.acteur,
                demarche=found.demarche,
                texts=form.texts,
                based_on=form.cleaned_data["based_on"],
                key=form.cleaned_data["key"],
                overridden=form.overridden,
                at=clock.now(),
            )
        except actions.FicheRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est publié : tous les aidants lisent cette version."))
            return redirect("fiches:sheet", slug)
    return render_form(request, "fiches/write.html", {"sheet": found}, form)


@require_safe
@aidant_required
def versions(request: ActeurRequest, slug: str) -> HttpResponse:
    """What the sheet said before, and what each version changed."""
    demarche = queries.demarche_of(request.acteur, slug)
    rows = queries.versions_of(demarche)
    page = Paginator(rows, VERSIONS_A_PAGE).get_page(request.GET.get("page"))
    before = rows[page.end_index() : page.end_index() + 1].first()
    context = {
        "demarche": demarche,
        "page": page,
        "compared": queries.compared(list(page.object_list), before),
    }
    return render(request, "fiches/versions.html", context)


@require_POST
@aidant_required
def thank(request: ActeurRequest, slug: str) -> HttpResponse:
    """Say that the sheet was useful."""
    demarche = queries.demarche_of(request.acteur, slug)
    if actions.thank(acteur=request.acteur, demarche=demarche, at=clock.now()):
        messages.success(request, _("Merci transmis à celles et ceux qui ont écrit."))
    return redirect("fiches:sheet", slug)


@require_http_methods(["GET", "POST"])
@aidant_required
def report(request: ActeurRequest, slug: str) -> HttpResponse:
    """« Ça a changé »."""
    demarche = queries.demarche_of(request.acteur, slug)
    form = ChangeForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        actions.report_change(
            acteur=request.acteur,
            demarche=demarche,
            words=form.cleaned_data["words"],
            key=form.cleaned_data["key"],
            overridden=form.overridden,
            at=clock.now(),
        )
        messages.success(request, _("C’est signalé à tous les aidants qui suivent cette démarche."))
        return redirect("fiches:sheet", slug)
    return render_form(request, "fiches/report.html", {"demarche": demarche}, form)


@require_http_methods(["GET", "POST"])
@referent_required
def hide(request: ActeurRequest, text_id: UUID) -> HttpResponse:
    """A référent takes away what their structure wrote."""
    return _hide(request, text_id, "fiches:index")


@require_http_methods(["GET", "POST"])
@operator_required
def hide_any(request: ActeurRequest, text_id: UUID) -> HttpResponse:
    """An operator takes away what any structure wrote."""
    return _hide(request, text_id, "fiches:moderation")


def _hide(request: ActeurRequest, text_id: UUID, back: str) -> HttpResponse:
    what = queries.hideable(request.acteur, text_id)
    form = HideForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        actions.hide_text(
            acteur=request.acteur,
            what=what,
            reason=HideReason(form.cleaned_data["reason"]),
            at=clock.now(),
        )
        messages.success(request, _("C’est fait : plus personne ne lit ce texte."))
        return redirect(back)
    return render_form(request, "fiches/hide.html", {"what": what}, form)


@require_safe
@operator_required
def moderation(request: ActeurRequest) -> HttpResponse:
    """The last texts of every structure, for the operator."""
    rows = queries.hideable_versions(request.acteur)
    page = Paginator(rows, TEXTS_A_PAGE).get_page(request.GET.get("page"))
    changes = queries.hideable_changes(request.acteur)[:TEXTS_A_PAGE]
    context = {"page": page, "changes": changes, "hidden": _hidden(request.acteur)}
    return render(request, "fiches/moderation.html", context)


@require_safe
@referent_required
def hidden(request: ActeurRequest) -> HttpResponse:
    """What the structure wrote and its référents hid."""
    return render(request, "fiches/hidden.html", {"hidden": _hidden(request.acteur)})


def _hidden(acteur: Acteur) -> list[Version | Change]:
    """The last texts hidden that may be shown again."""
    versions = queries.showable_versions(acteur)[:TEXTS_A_PAGE]
    return [*queries.showable_changes(acteur)[:TEXTS_A_PAGE], *versions]


@require_POST
@referent_required
def show(request: ActeurRequest, text_id: UUID) -> HttpResponse:
    """A référent gives back what their structure wrote, and a référent hid."""
    return _show(request, text_id, "fiches:hidden")


@require_POST
@operator_required
def show_any(request: ActeurRequest, text_id: UUID) -> HttpResponse:
    """An operator gives back any text."""
    return _show(request, text_id, "fiches:moderation")


def _show(request: ActeurRequest, text_id: UUID, back: str) -> HttpResponse:
    what = queries.showable(request.acteur, text_id)
    actions.show_text(acteur=request.acteur, what=what, at=clock.now())
    messages.success(request, _("C’est fait : ce texte est affiché de nouveau."))
    return redirect(back)
