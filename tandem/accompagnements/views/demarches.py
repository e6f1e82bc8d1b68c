"""Démarches followed: the list, one, and the beginning of one."""

from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.accompagnements import actions, queries
from tandem.accompagnements.actions import Wanted
from tandem.accompagnements.forms import (
    DemarcheSearchForm,
    FreeDemarcheForm,
    PersonSearchForm,
    PiecesForm,
)
from tandem.accompagnements.models import Besoin, DemarcheSuivie, Etape
from tandem.accompagnements.rules import FREQUENT, LIST_PAGE, DemarcheState, EtapeKind
from tandem.accompagnements.views.doors import (
    alone_with,
    demarche_page,
    identifier_in,
    is_someone_present,
)
from tandem.fiches.queries import Alert, alerts_since
from tandem.kernel import clock
from tandem.mandats.rules import Presence
from tandem.referentiels import queries as referentiels
from tandem.referentiels.models import Demarche
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.models import Usager
from tandem.usagers.queries import search_usagers, usager_visible_to

# The word of the address for each list: what it is called, its state, mine or everybody's.
LISTS: Final = {
    "a-moi": (gettext_lazy("À moi"), DemarcheState.OPEN, True),
    "en-cours": (gettext_lazy("En cours"), DemarcheState.OPEN, False),
    "deposees": (gettext_lazy("Déposées"), DemarcheState.FILED, False),
    "terminees": (gettext_lazy("Terminées"), DemarcheState.CLOSED, False),
}
_ICONS: Final = {
    EtapeKind.OPENED: "ajouter", EtapeKind.MET: "personnes", EtapeKind.CALLED: "telephone",
    EtapeKind.SENT: "fleche", EtapeKind.RECEIVED: "courriel", EtapeKind.ASKED: "attention",
    EtapeKind.DECIDED: "courriel",
    EtapeKind.NOTED: "modifier", EtapeKind.HANDED: "personnes", EtapeKind.FILED: "document",
    EtapeKind.CLOSED: "fait", EtapeKind.REOPENED: "ajouter",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def demarche_list(request: ActeurRequest) -> HttpResponse:
    """What is followed in the structure; POST searches by person or by démarche, which no address ever holds."""
    word = request.GET.get("liste", "a-moi")
    _label, state, mine = LISTS.get(word, LISTS["a-moi"])
    form = PersonSearchForm(data_of(request))
    form.fields["q"].label = _("Nom de la personne, ou démarche")
    rows = queries.demarches_listed(request.acteur, state=state, mine=mine)
    searched = form.is_bound and form.is_valid()
    if is_someone_present(request):
        rows = rows.none()
    elif searched:
        q = form.cleaned_data["q"]
        rows = queries.demarches_listed(
            request.acteur,
            state=state,
            mine=mine,
            people=search_usagers(request.acteur, q),
            slugs=[found.slug for found in referentiels.search_demarches(q)],
        )
    page = Paginator(rows, LIST_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lists": [
            {"word": key, "label": found[0], "current": found == LISTS.get(word, LISTS["a-moi"])}
            for key, found in LISTS.items()
        ],
        "searched": searched,
        "at": clock.now(),
    }
    return render_form(request, "accompagnements/demarches.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def demarche_new(request: ActeurRequest) -> HttpResponse:
    """Follow a démarche: found in the catalogue, or free. Comes from a demand, from a person, or from nothing."""
    at = clock.now()
    besoin, usager = _from(request)
    themes = [theme for theme in referentiels.themes() if request.acteur.allows_theme(theme.key)]
    search = DemarcheSearchForm(request.POST if "q" in request.POST else None)
    free = FreeDemarcheForm(request.POST if "title" in request.POST else None, themes=themes)
    slug = request.POST.get("demarche", "")
    wanted = None
    if slug:
        found = referentiels.demarche_named(slug)
        wanted = None if found is None else Wanted(demarche=found)
    elif free.is_bound and free.is_valid():
        data = free.cleaned_data
        wanted = Wanted(title=data["title"], body=data["body"], theme=free.chosen_theme)
    if wanted is not None:
        row = actions.follow_demarche(
            acteur=request.acteur,
            wanted=wanted,
            besoin=besoin,
            usager=usager,
            key=identifier_in(request.POST, "key"),
            overridden=free.overridden,
            at=at,
        )
        return redirect(row)
    searched = search.is_bound and search.is_valid()
    shown = referentiels.search_demarches(search.cleaned_data["q"]) if searched else _frequent()
    context = {
        "besoin": besoin,
        "usager": usager or (besoin.usager if besoin else None),
        "search": search,
        "searched": searched,
        "demarches": [one for one in shown[:20] if request.acteur.allows_theme(one.theme.key)],
        "free": free,
    }
    return render_form(
        request, "accompagnements/demarche_new.html", context, free if free.is_bound else search
    )


def _frequent() -> list[Demarche]:
    known = {one.slug: one for one in referentiels.demarches().filter(slug__in=FREQUENT)}
    return [known[slug] for slug in FREQUENT if slug in known]


def _from(request: ActeurRequest) -> tuple[Besoin | None, Usager | None]:
    """Where the aidant comes from: 404 for what they do not see, closed beside another person (P-28)."""
    values = request.POST if request.method == "POST" else request.GET
    besoin_id, usager_id = identifier_in(values, "besoin"), identifier_in(values, "usager")
    besoin = None if besoin_id is None else queries.besoin_visible_to(request.acteur, besoin_id)
    usager = None if usager_id is None else usager_visible_to(request.acteur, usager_id)
    for person in (usager, None if besoin is None else besoin.usager):
        if person is not None:
            alone_with(request, person)
    return besoin, usager


@require_safe
@demarche_page
def demarche(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """One démarche: what is asked, by when, who moves next, what happened, what to bring, what was sent."""
    return render(request, "accompagnements/demarche.html", detail(request, row, clock.now()))


def detail(request: ActeurRequest, row: DemarcheSuivie, at: datetime) -> dict[str, object]:
    """What the page of one démarche shows."""
    pieces = list(row.pieces.order_by("pk"))
    return {
        "demarche": row,
        "is_closed": row.closed_at is not None,
        "pieces_form": PiecesForm(
            data_of(request), pieces=[(one.public_id, one.label, one.state) for one in pieces]
        ),
        "missing": [one for one in pieces if one.state == "missing"],
        "pieces": pieces,
        "timeline": [_line(step) for step in row.etapes.select_related("by__compte").order_by("-at", "-pk")],
        "depots": row.depots.select_related("receipt").order_by("-filed_at", "-pk"),
        "relais": row.relais.filter(taken_at=None).select_related("to_affectation__compte").first(),
        "autorisation": queries.covering_autorisation(row, at=at),
        "signer": queries.signer_of(request.acteur, row, at=at),
        "alerts": _alerts(row, at),
        "is_declared": _is_declared(row),
        "at": at,
    }  # fmt: skip


def _is_declared(row: DemarcheSuivie) -> bool:
    """It leaves from its declaration, read back first (P-17)."""
    if row.usager is None or row.demarche is None:
        return False
    return referentiels.declared_form(row.demarche.slug) is not None


def _alerts(row: DemarcheSuivie, at: datetime) -> list[Alert]:
    """What aidants of any structure said has changed since this démarche was opened."""
    if row.demarche is None or row.closed_at is not None:
        return []
    return alerts_since([row.demarche.slug], row.opened_at, at=at)


def _line(step: Etape) -> dict[str, object]:
    kind = EtapeKind(step.kind)
    how = [step.get_mode_display(), Presence(step.presence).label] if step.presence else []
    lines = [step.text] if step.text else []
    if how:
        lines.append(_("Fait %(mode)s, %(presence)s.") % {"mode": how[0], "presence": how[1]})
    return {
        "at": step.at,
        "title": f"{kind.label} – {step.by.compte.full_name}",
        "lines": lines,
        "icon": _ICONS[kind],
    }


@require_POST
@demarche_page
def pieces(request: ActeurRequest, row: DemarcheSuivie) -> HttpResponse:
    """Tick what was brought; add what is asked besides."""
    at = clock.now()
    context = detail(request, row, at)
    form = context["pieces_form"]
    assert isinstance(form, PiecesForm)  # noqa: S101 - detail makes it
    if not form.is_valid():
        return render_form(request, "accompagnements/demarche.html", context, form)
    actions.set_pieces(
        acteur=request.acteur,
        demarche_suivie=row,
        states=form.states,
        added=form.cleaned_data["added"],
        overridden=form.overridden,
        at=at,
    )
    return redirect(f"{row.get_absolute_url()}#pieces")
