"""Pages of structures: switch, charte, people, thèmes."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tandem.comptes.actions import InvitationRefused
from tandem.kernel import clock
from tandem.referentiels.queries import themes as known_themes
from tandem.structures import actions, queries
from tandem.structures.access import ActeurRequest, compte_required, referent_required
from tandem.structures.charte import read_charte
from tandem.structures.forms import CharteForm, EndForm, InviteForm, SwitchForm, ThemesForm
from tandem.structures.rules import SESSION_AFFECTATION, allowed_themes
from tandem.ui.shortcuts import data_of, render_form

_PER_PAGE = 25
_PERSON_PRESENT = "person_present_usager"
_SOMEONE = "1"


def _back_to(request: HttpRequest, url: str) -> str:
    safe = url.startswith("/") and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else reverse("espaces:home")


@require_http_methods(["GET", "POST"])
@compte_required
def switch(request: ActeurRequest) -> HttpResponse:
    """Choose the structure to work for; what was begun for another keeps its own."""
    affectations = (
        []
        if request.acteur.compte is None
        else list(queries.affectations_of_compte(request.acteur.compte))
    )
    form = SwitchForm(
        data_of(request),
        affectations=affectations,
        initial={"suite": request.GET.get("suite", "")},
    )
    if request.method == "POST" and form.is_valid():
        chosen = queries.own_affectation(request.acteur, form.cleaned_data["affectation"])
        request.session[SESSION_AFFECTATION] = str(chosen.public_id)
        # The person beside the aidant is helped by the former structure: here they are someone, who sees no name.
        if request.acteur.beside:
            request.session[_PERSON_PRESENT] = _SOMEONE
        messages.success(
            request,
            _("Vous travaillez maintenant pour %(name)s.") % {"name": chosen.structure.name},
        )
        return redirect(_back_to(request, form.cleaned_data["suite"]))
    return render_form(request, "structures/switch.html", {"affectations": affectations}, form)


@require_http_methods(["GET", "POST"])
@compte_required
def charte(request: ActeurRequest) -> HttpResponse:
    """Read the charte, and accept it by name to act for the structure (P-04)."""
    acteur = request.acteur
    if acteur.compte is None or acteur.structure is None:
        return redirect("structures:switch")
    text = read_charte()
    form = CharteForm(
        data_of(request),
        name=acteur.compte.full_name,
        structure=acteur.structure.name,
        initial={"version": text.version},
    )
    if request.method == "POST" and form.is_valid():
        actions.accept_charte(acteur=acteur, version=form.cleaned_data["version"], at=clock.now())
        messages.success(request, _("C’est fait : la charte est acceptée à votre nom."))
        return redirect("espaces:home")
    return render_form(request, "structures/charte.html", {"charte": text}, form)


@require_safe
@referent_required
def people(request: ActeurRequest) -> HttpResponse:
    """Everyone of the structure, twenty-five a page."""
    page = Paginator(queries.people_visible_to(request.acteur), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "structures/people.html", {"page": page})


@require_http_methods(["GET", "POST"])
@referent_required
def invite(request: ActeurRequest) -> HttpResponse:
    """Invite someone; they are not habilités by it."""
    form = InviteForm(data_of(request))
    if request.method == "POST" and form.is_valid() and request.acteur.structure is not None:
        try:
            actions.invite_person(
                acteur=request.acteur,
                structure=request.acteur.structure,
                invited=form.invited(),
                at=clock.now(),
            )
        except (actions.AffectationRefused, InvitationRefused) as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, _("L’invitation est partie. La personne pourra agir une fois habilitée.")
            )
            return redirect("structures:people")
    return render_form(request, "structures/invite.html", {}, form)


@require_safe
@referent_required
def person(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """One person of the structure: role, habilitation, charte, thèmes."""
    affectation = queries.person_visible_to(request.acteur, public_id)
    themes = list(known_themes())
    keys = allowed_themes(
        [theme.key for theme in themes],
        affectation.structure.allowed_themes,
        affectation.allowed_themes,
    )
    context = {
        "affectation": affectation,
        "themes": [theme.title for theme in themes if theme.key in keys],
        "is_self": request.acteur.affectation == affectation,
    }
    return render(request, "structures/person.html", context)


@require_http_methods(["GET", "POST"])
@referent_required
def person_themes(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Restrict the thèmes of one person, at once."""
    affectation = queries.person_visible_to(request.acteur, public_id)
    themes = list(known_themes())
    shown = allowed_themes([theme.key for theme in themes], affectation.allowed_themes)
    form = ThemesForm(data_of(request), themes=themes, initial={"themes": shown})
    if request.method == "POST" and form.is_valid():
        actions.restrict_affectation(
            acteur=request.acteur,
            affectation=affectation,
            themes=form.cleaned_data["themes"],
            at=clock.now(),
        )
        messages.success(request, _("C’est fait : les thèmes sont changés dès maintenant."))
        return redirect("structures:person", public_id)
    return render_form(request, "structures/themes.html", {"affectation": affectation}, form)


@require_http_methods(["GET", "POST"])
@referent_required
def themes(request: ActeurRequest) -> HttpResponse:
    """Restrict the thèmes of the structure, at once."""
    structure = request.acteur.structure
    if structure is None:
        return redirect("structures:switch")
    every = list(known_themes())
    shown = allowed_themes([theme.key for theme in every], structure.allowed_themes)
    form = ThemesForm(data_of(request), themes=every, initial={"themes": shown})
    if request.method == "POST" and form.is_valid():
        actions.restrict_structure(
            acteur=request.acteur,
            structure=structure,
            themes=form.cleaned_data["themes"],
            at=clock.now(),
        )
        messages.success(request, _("C’est fait : les thèmes sont changés dès maintenant."))
        return redirect("structures:people")
    return render_form(request, "structures/themes.html", {"affectation": None}, form)


@require_http_methods(["GET", "POST"])
@referent_required
def person_end(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """End someone's work for the structure, after a page that says what happens (P-39)."""
    affectation = queries.person_visible_to(request.acteur, public_id)
    form = EndForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        actions.end_affectation(acteur=request.acteur, affectation=affectation, at=clock.now())
        messages.success(
            request,
            _("C’est fait : %(name)s ne peut plus rien faire pour la structure.")
            % {"name": affectation.compte.full_name},
        )
        return redirect("structures:people")
    return render_form(request, "structures/person_end.html", {"affectation": affectation}, form)
