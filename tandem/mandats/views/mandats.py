"""The list of mandats, and the page of one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tandem.kernel import clock
from tandem.kernel.declare import get_writes
from tandem.mandats import permissions, queries
from tandem.mandats.forms.mandats import SearchForm
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.rules import Duree, EndKind, Presence, State
from tandem.referentiels.queries import ScopeDescription, describe_scopes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.ui.pagination import LongPaginator
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.actions import record_reading
from tandem.usagers.queries import channels_of
from tandem.usagers.rules import Holder

PAGE: Final = 25
# The word of the address for each list, and what it is called.
LISTS: Final = {
    "en-cours": (State.ACTIVE, gettext_lazy("En cours")),
    "bientot": (State.ENDING, gettext_lazy("Se terminent bientôt")),
    "termines": (State.ENDED, gettext_lazy("Terminés")),
}
_TAGS = {
    State.ACTIVE: ("active", gettext_lazy("En cours")),
    State.ENDING: ("soon", gettext_lazy("Se termine bientôt")),
    State.ENDED: ("ended", gettext_lazy("Terminé")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def mandat_list(request: ActeurRequest) -> HttpResponse:
    """Mandats of the structure; POST searches by name, which no address ever holds."""
    at = clock.now()
    word = request.GET.get("liste", "en-cours")
    state = LISTS.get(word, LISTS["en-cours"])[0]
    form = SearchForm(data_of(request))
    if request.session.get(PERSON_PRESENT_SESSION_KEY):
        # Nobody else's name while a person looks at the screen.
        rows = queries.mandats_visible_to(request.acteur).none()
    elif form.is_bound and form.is_valid():
        rows = queries.mandats_found(request.acteur, state=state, at=at, q=form.cleaned_data["q"])
    else:
        rows = queries.mandats_listed(request.acteur, state=state, at=at)
    page = LongPaginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": _cards(page.object_list, at),
        "lists": [
            {"word": key, "label": label, "current": value is state}
            for key, (value, label) in LISTS.items()
        ],
        "searched": form.is_bound and form.is_valid(),
        "at": at,
    }
    return render_form(request, "mandats/list.html", context, form)


def _cards(mandats: Iterable[Mandat], at: datetime) -> list[dict[str, object]]:
    """What the list shows of each mandat, with the titles of all lines in two queries."""
    rows = [(mandat, list(mandat.autorisations.all())) for mandat in mandats]
    titles = _titles(line for _mandat, lines in rows for line in lines)
    return [
        {"mandat": mandat, "titles": [titles[line.scope] for line in lines]} | _tag(mandat, at)
        for mandat, lines in rows
    ]


def _tag(mandat: Mandat, at: datetime) -> dict[str, object]:
    """The state in a word; nothing is done with the mandat of someone frozen or dead (P-36, P-37)."""
    state = mandat.state(at=at)
    person = mandat.usager
    if state is not State.ENDED and (person.frozen_at or person.died_known_at):
        return {"state": "frozen", "state_label": _("Suspendu")}
    if mandat.end_kind:
        return {"state": "ended", "state_label": EndKind(mandat.end_kind).label}
    return {"state": _TAGS[state][0], "state_label": _TAGS[state][1]}


def _titles(lines: Iterable[Autorisation]) -> dict[str, str]:
    return {
        found.scope: found.title for found in describe_scopes(sorted({row.scope for row in lines}))
    }


@get_writes("Reading is an act, and is journaled (P-11).")
@require_GET
@aidant_required
def mandat_detail(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """One mandat: what it allows, what was done with it, what can be done now."""
    at = clock.now()
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    record_reading(acteur=request.acteur, usager=mandat.usager, at=at)
    return render(request, "mandats/detail.html", _detail(request, mandat, at))


@get_writes("Reading is an act, and is journaled (P-11).")
@require_GET
@aidant_required
def signed(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """What has just happened, and what happens next."""
    at = clock.now()
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    record_reading(acteur=request.acteur, usager=mandat.usager, at=at)
    unproven = channels_of(mandat.usager).filter(
        proven_at=None, holder=Holder.PERSON, discreet=False
    )
    context = _detail(request, mandat, at) | {"to_prove": unproven.last()}
    return render(request, "mandats/signed.html", context)


def _detail(request: ActeurRequest, mandat: Mandat, at: datetime) -> dict[str, object]:
    rows = list(mandat.autorisations.order_by("pk"))
    scopes = {found.scope: found for found in describe_scopes([row.scope for row in rows])}
    usages = queries.usages_visible_to(request.acteur).filter(autorisation__mandat=mandat)[:50]
    state = mandat.state(at=at)
    kinds = [] if mandat.erased_at else queries.kinds_of(mandat)
    return {
        "mandat": mandat,
        "person": mandat.usager.display_name,
        **_tag(mandat, at),
        "alive": state is not State.ENDED,
        "one_act": mandat.duree == Duree.ACTE,
        "lines": [_line(row, scopes[row.scope], at) for row in rows],
        "timeline": [_usage(usage, scopes) for usage in usages],
        "owed": [u for u in usages if u.account_due_at and not u.account_rendered_at],
        "documents": [row for row in kinds if not row[0].startswith(queries.EXPLANATION)],
        "explanations": [row for row in kinds if row[0].startswith(queries.EXPLANATION)],
        "may_renounce": permissions.may_renounce(request.acteur, mandat),
        "at": at,
    }


def _line(row: Autorisation, scope: ScopeDescription, at: datetime) -> dict[str, object]:
    return {
        "row": row,
        "title": scope.title,
        "pictogram": scope.pictogram,
        "ways": [Presence(way).label for way in row.presence_allowed],
        "alive": row.is_active(at=at),
        "end_label": EndKind(row.end_kind).label if row.end_kind else "",
        "confirmed_each_time": queries.needs_confirmation(row),
    }


def _usage(usage: Usage, scopes: dict[str, ScopeDescription]) -> dict[str, object]:
    compte = usage.affectation.compte
    lines = [f"{Presence(usage.presence).label}"]
    if usage.service_declared:
        lines.append(_("Service, d’après l’aidant : %(name)s.") % {"name": usage.service_declared})
    if usage.account_rendered_at:
        lines.append(_("Compte rendu à la personne."))
    return {
        "at": usage.used_at,
        "title": f"{compte.given_name} {compte.family_name} : {scopes[usage.autorisation.scope].title}",
        "lines": lines,
        "icon": "absent" if usage.presence == Presence.ABSENCE else "personnes",
    }
