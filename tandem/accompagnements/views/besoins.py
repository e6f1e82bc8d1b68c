"""The notebook: what someone wants, then who they are, then what is done about it."""

from datetime import datetime
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.accompagnements import actions, queries
from tandem.accompagnements.forms import (
    BesoinForm,
    CloseBesoinForm,
    DeclareForm,
    PersonSearchForm,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.rules import LIST_PAGE, CloseKind, Page, page_key
from tandem.accompagnements.views.doors import (
    alone_with,
    besoin_page,
    demarche_page,
    identifier_in,
    is_someone_present,
)
from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.models import Usager
from tandem.usagers.queries import search_usagers, usager_visible_to

LISTS: Final = {
    "a-moi": gettext_lazy("À moi"),
    "ouvertes": gettext_lazy("Toutes"),
    "terminees": gettext_lazy("Terminées"),
}


@require_safe
@aidant_required
def besoin_list(request: ActeurRequest) -> HttpResponse:
    """What was asked and waits; nobody's words while a person looks at the screen."""
    word = request.GET.get("liste", "a-moi")
    rows = queries.besoins_visible_to(request.acteur).filter(closed_at__isnull=False)
    if word != "terminees":
        rows = queries.open_besoins(request.acteur, mine=word != "ouvertes")
    if is_someone_present(request):
        rows = rows.none()
    page = Paginator(rows, LIST_PAGE).get_page(request.GET.get("page"))
    lists = [{"word": key, "label": label, "current": key == word} for key, label in LISTS.items()]
    context = {"page": page, "lists": lists, "at": clock.now()}
    return render(request, "accompagnements/besoins.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def besoin_new(request: ActeurRequest) -> HttpResponse:
    """One field; what was being typed before an interruption is still there."""
    at = clock.now()
    usager = _asked_person(request)
    draft = _typed_before(request, usager, at)
    form = BesoinForm(
        data_of(request), initial={**draft, "usager": None if usager is None else usager.public_id}
    )
    if form.is_bound and form.is_valid():
        besoin = actions.open_besoin(
            acteur=request.acteur,
            words=form.cleaned_data["words"],
            usager=usager,
            key=form.cleaned_data["key"],
            overridden=form.overridden,
            at=at,
        )
        messages.success(request, _("C’est noté. La suite vient quand vous voulez."))
        return redirect(besoin)
    context = {"besoin_form": form, "person": usager, "restored": bool(draft), "at": at}
    return render_form(request, "accompagnements/besoin_new.html", context, form)


def _typed_before(request: ActeurRequest, usager: Usager | None, at: datetime) -> dict[str, str]:
    """What was being typed for this person; of nobody, only while nobody looks at the screen (P-28)."""
    if usager is None and is_someone_present(request):
        return {}
    page = page_key(Page.BESOIN, None if usager is None else usager.public_id)
    return queries.brouillon_of(request.acteur, page, at=at)


def _asked_person(request: ActeurRequest) -> Usager | None:
    """The person whose page the aidant comes from, if they see them, and nobody else looks (P-28)."""
    found = identifier_in(request.POST if request.method == "POST" else request.GET, "usager")
    return None if found is None else alone_with(request, usager_visible_to(request.acteur, found))


@require_safe
@besoin_page
def besoin(request: ActeurRequest, row: Besoin) -> HttpResponse:
    """One demand, and what can be done next; nothing is typed twice."""
    context = {
        "besoin": row,
        "demarches": queries.demarches_visible_to(request.acteur).filter(besoin=row),
        "relais": row.relais.select_related("from_affectation__compte", "to_affectation__compte"),
        "close_form": CloseBesoinForm(),
        "at": clock.now(),
    }
    return render(request, "accompagnements/besoin.html", context)


@require_POST
@besoin_page
def besoin_close(request: ActeurRequest, row: Besoin) -> HttpResponse:
    """Nothing more to do."""
    form = CloseBesoinForm(request.POST)
    if not form.is_valid():
        context = {"besoin": row}
        return render_form(request, "accompagnements/besoin_close.html", context, form)
    kind = CloseKind(form.cleaned_data["kind"])
    actions.close_besoin(acteur=request.acteur, besoin=row, kind=kind, at=clock.now())
    messages.success(request, _("C’est terminé. Vous pouvez la rouvrir si elle revient."))
    return redirect(row)


@require_POST
@besoin_page
def besoin_reopen(request: ActeurRequest, row: Besoin) -> HttpResponse:
    """Closed too soon."""
    actions.reopen_besoin(acteur=request.acteur, besoin=row, at=clock.now())
    messages.success(request, _("La demande est rouverte."))
    return redirect(row)


@require_http_methods(["GET", "HEAD", "POST"])
@besoin_page
def besoin_name(request: ActeurRequest, row: Besoin) -> HttpResponse:
    """Whose demand it is: someone known, or someone new who says their name."""
    at, asked = clock.now(), identifier_in(request.POST, "usager")
    if asked is not None:
        usager = usager_visible_to(request.acteur, asked)
        actions.name_besoin(acteur=request.acteur, besoin=row, usager=usager, at=at)
        return redirect(row)
    declare = DeclareForm(request.POST if "given_names" in request.POST else None)
    if declare.is_bound and declare.is_valid():
        actions.name_besoin_declared(
            acteur=request.acteur, besoin=row, at=at, **declare.cleaned_data
        )
        return redirect(row)
    return _who(request, row, declare)


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page
def demarche_name(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """Whose démarche it is."""
    at, asked = clock.now(), identifier_in(request.POST, "usager")
    if asked is not None:
        usager = usager_visible_to(request.acteur, asked)
        actions.name_demarche(acteur=request.acteur, demarche_suivie=row, usager=usager, at=at)
        return redirect(row)
    declare = DeclareForm(request.POST if "given_names" in request.POST else None)
    if declare.is_bound and declare.is_valid():
        actions.name_demarche_declared(
            acteur=request.acteur, demarche_suivie=row, at=at, **declare.cleaned_data
        )
        return redirect(row)
    return _who(request, row, declare)


def _who(
    request: ActeurRequest, row: Besoin | DemarcheSuivie, declare: DeclareForm
) -> HttpResponse:
    """Search, choose among at most twenty; or type a name. Beside someone, two names are one too many (P-28)."""
    search = PersonSearchForm(request.POST if "q" in request.POST else None)
    people: list[Usager] = []
    if search.is_bound and search.is_valid():
        people = search_usagers(request.acteur, search.cleaned_data["q"])
    masked = is_someone_present(request) and len(people) > 1
    context = {
        "what": row,
        "is_besoin": isinstance(row, Besoin),
        "search": search,
        "declare": declare,
        "people": [] if masked else people,
        "masked": masked,
        "searched": search.is_bound and search.is_valid(),
        "at": clock.now(),
    }
    return render_form(
        request, "accompagnements/who.html", context, declare if declare.is_bound else search
    )
