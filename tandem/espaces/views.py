"""The pages that weave rooms."""

from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.comptes.actions import GestureRefused
from tandem.documents.pdf import document_pdf
from tandem.espaces import queries
from tandem.espaces.actions import resume_screen
from tandem.espaces.forms import BlankForm, PlaceForm, PresenceForm, ResumeForm, SearchForm
from tandem.espaces.retention import retention_table
from tandem.espaces.rules import SESSION_BACK, SESSION_BLANK, SOMEONE, Presence, resume_act
from tandem.espaces.sheet import FACILE, STANDARD, languages, visit_sheet
from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.structures.access import (
    ActeurRequest,
    aidant_required,
    compte_required,
    public_page,
)
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.actions import record_reading
from tandem.usagers.queries import UsagerUnknown, search_usagers, usager_visible_to

STRUCTURES_A_PAGE = 20
LINES_A_PAGE = 50
# The day of the statement of accessibility: to change when what it says changes.
STATED_ON = date(2026, 11, 22)


def _presence(request: HttpRequest) -> Presence:
    return Presence(str(request.session.get(PERSON_PRESENT_SESSION_KEY, "")))


# Pages open to everyone


@require_safe
@public_page
def public_home(request: HttpRequest) -> HttpResponse:
    """What Tandem is, for whom, how the person sees and stops, where to go."""
    return render(request, "espaces/public_home.html", {"place_form": PlaceForm()})


@require_safe
@public_page
def where(request: HttpRequest) -> HttpResponse:
    """The structures of this installation, near a city or a postcode."""
    form = PlaceForm(request.GET or None)
    place = form.cleaned_data["lieu"] if form.is_valid() else ""
    page = Paginator(queries.open_structures(place), STRUCTURES_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "espaces/where.html", {"form": form, "page": page, "place": place})


@require_safe
@public_page
def help_page(request: HttpRequest) -> HttpResponse:
    """Answers, for the person and for the aidant."""
    return render(request, "espaces/help.html")


@require_safe
@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement of accessibility."""
    return render(request, "espaces/accessibility.html", {"stated_on": STATED_ON})


@require_safe
@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, how long, why, and the rights of the person."""
    return render(request, "espaces/privacy.html", {"retention": retention_table()})


@require_safe
@public_page
def legal(request: HttpRequest) -> HttpResponse:
    """Who runs this installation."""
    return render(request, "espaces/legal.html")


# The aidant


@require_safe
@aidant_required
def home(request: ActeurRequest) -> HttpResponse:
    """What needs me today."""
    at = clock.now()
    shown = queries.home(request.acteur, at=at, presence=_presence(request))
    return render(request, "espaces/home.html", {"at": at, "home": shown, "form": SearchForm()})


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def search(request: ActeurRequest) -> HttpResponse:
    """Find a person of the structure; the name is sent in the body, never in an address."""
    form = SearchForm(data_of(request))
    context: dict[str, object] = {}
    if form.is_valid():
        people = search_usagers(request.acteur, form.cleaned_data["q"])
        shown = queries.found_beside(people, presence=_presence(request))
        context = {"people": shown, "masked": len(shown) < len(people), "searched": True}
    return render_form(request, "espaces/search.html", context, form)


@require_safe
@get_writes("reading a person's page is an act, and is journaled (P-11)")
@aidant_required
def person(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """The file of one person; opening it is journaled, and shown to them."""
    at = clock.now()
    if _presence(request).refuses(public_id):
        return _closed_beside_another(request, public_id)
    page = queries.person_page(request.acteur, public_id, at=at)
    record_reading(acteur=request.acteur, usager=page.usager, at=at)
    if _presence(request).is_on:
        # Whoever was said to be present is the person whose file is open.
        request.session[PERSON_PRESENT_SESSION_KEY] = str(public_id)
    return render(request, "espaces/person.html", {"at": at, "page": page, "usager": page.usager})


@require_safe
@get_writes("reading the journal of a person is an act, and is journaled (P-11)")
@aidant_required
def readings(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Every line of the journal about a person: what was done, and who opened their file."""
    at = clock.now()
    if _presence(request).refuses(public_id):
        return _closed_beside_another(request, public_id)
    usager, entries = queries.journal_about(request.acteur, public_id, at=at)
    page = Paginator(entries, LINES_A_PAGE).get_page(request.GET.get("page"))
    lines = queries.lines_about(list(page.object_list))
    record_reading(acteur=request.acteur, usager=usager, at=at)
    context = {"at": at, "usager": usager, "page": page, "lines": lines}
    return render(request, "espaces/readings.html", context)


@require_safe
@get_writes("reading a person's sheet is an act, and is journaled (P-11)")
@aidant_required
def sheet(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """What the person takes home after a visit; `?version=`: easy, or with their language."""
    at = clock.now()
    if _presence(request).refuses(public_id):
        return _closed_beside_another(request, public_id)
    visit = queries.visit_of(request.acteur, public_id, at=at)
    version = _version(request)
    document = visit_sheet(visit, acteur=request.acteur, version=version, at=at)
    record_reading(acteur=request.acteur, usager=visit.usager, at=at)
    context = {"document": document, "usager": visit.usager, "version": version}
    return render(request, "espaces/sheet.html", {**context, "languages": _versions(version)})


@require_safe
@get_writes("reading a person's sheet is an act, and is journaled (P-11)")
@aidant_required
def sheet_pdf(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """The same on paper; `?couverture=1` puts a cover before it (P-29)."""
    at = clock.now()
    if _presence(request).refuses(public_id):
        return _closed_beside_another(request, public_id)
    visit = queries.visit_of(request.acteur, public_id, at=at)
    document = visit_sheet(visit, acteur=request.acteur, version=_version(request), at=at)
    record_reading(acteur=request.acteur, usager=visit.usager, at=at)
    pdf = document_pdf(document, cover="couverture" in request.GET)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="feuille.pdf"'
    return response


def _version(request: HttpRequest) -> str:
    wanted = request.GET.get("version", "")
    return wanted if wanted == FACILE or wanted in languages() else STANDARD


def _versions(current: str) -> list[dict[str, object]]:
    names = {FACILE: _("Facile à lire"), **{code: said.name for code, said in languages().items()}}
    shown: list[dict[str, object]] = [
        {
            "code": "fr",
            "label": _("Français"),
            "href": "?version=fr",
            "current": current == STANDARD,
        }
    ]
    shown += [
        {
            "code": "fr" if code == FACILE else code,
            "label": label,
            "href": f"?version={code}",
            "current": code == current,
        }
        for code, label in names.items()
    ]
    return shown


def _closed_beside_another(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    usager_visible_to(request.acteur, public_id)
    return render(request, "espaces/closed.html", {"wanted": public_id}, status=409)


@require_POST
@aidant_required
def person_present(request: ActeurRequest) -> HttpResponse:
    """Say that a person looks at the screen, or that they left; back to the same page."""
    form = PresenceForm(request.POST)
    present = form.is_valid() and form.cleaned_data["present"]
    back = _safe(str(form.cleaned_data.get("next") or ""))
    if present:
        request.session[PERSON_PRESENT_SESSION_KEY] = _who(request, form.cleaned_data["usager"])
        return redirect(back)
    # The person beside the screen could say so too: a gesture shows that it is the aidant.
    request.session[SESSION_BACK] = back
    return redirect("espaces:resume")


def _safe(back: str) -> str:
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None, require_https=True)
    return back if safe and back.startswith("/") else reverse("espaces:home")


@require_POST
@compte_required
def blank(request: ActeurRequest) -> HttpResponse:
    """Hide the screen at once, for the server too: another window, or a reload, shows nothing (P-28)."""
    form = BlankForm(request.POST)
    back = str(form.cleaned_data["next"]) if form.is_valid() else ""
    request.session[SESSION_BLANK] = _safe(back)
    if "text/html" not in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    return redirect("espaces:resume")


@require_http_methods(["GET", "HEAD", "POST"])
@compte_required
def resume(request: ActeurRequest) -> HttpResponse:
    """A gesture lifts the curtain; without a curtain, it says that the person left. Nothing else is shown."""
    is_blank = SESSION_BLANK in request.session
    compte = request.acteur.compte
    if compte is None or not (is_blank or request.acteur.beside):
        return redirect("espaces:home")
    form = ResumeForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            resume_screen(acteur=request.acteur, response=form.gesture_response, at=clock.now())
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        else:
            back = request.session.pop(SESSION_BLANK if is_blank else SESSION_BACK, "")
            if not is_blank:
                request.session.pop(PERSON_PRESENT_SESSION_KEY, None)
            if "text/html" not in request.headers.get("Accept", ""):
                return HttpResponse(status=204)
            return redirect(_safe(str(back)))
    context = {"act": resume_act(compte.public_id), "is_blank": is_blank}
    return render_form(request, "espaces/resume.html", context, form)


def _who(request: ActeurRequest, usager: UUID | None) -> str:
    """The person, when this acteur may see them; someone otherwise."""
    if usager is None:
        return SOMEONE
    try:
        return str(usager_visible_to(request.acteur, usager).public_id)
    except UsagerUnknown:
        return SOMEONE
