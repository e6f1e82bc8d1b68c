"""Who, in the structure, opens the person's file (P-10)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers import actions, queries
from tandem.usagers.access import person_page
from tandem.usagers.forms import FollowForm, TeamAccessForm
from tandem.usagers.models import Usager


@require_http_methods(["GET", "POST"])
@person_page
def team_access(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Open the file to the team, or keep it to those who follow the person."""
    form = TeamAccessForm(
        data_of(request), initial={"team_access": "1" if usager.team_access else "0"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_team_access(
                acteur=request.acteur,
                usager=usager,
                team_access=form.cleaned_data["team_access"],
                at=clock.now(),
            )
        except actions.UsagerRefused as refusal:
            form.add_error("team_access", refusal.message)
        else:
            messages.success(request, _("C’est fait."))
            return redirect("usagers:team_access", usager.public_id)
    context = {"usager": usager, "followers": queries.suivis_of(usager)}
    return render_form(request, "usagers/team_access.html", context, form)


@require_http_methods(["GET", "POST"])
@person_page
def follow(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Put a colleague in charge of the person too."""
    form = FollowForm(data_of(request), colleagues=queries.may_start_following(usager))
    if request.method == "POST" and form.is_valid():
        actions.start_suivi(
            acteur=request.acteur, usager=usager, affectation=form.colleague, at=clock.now()
        )
        messages.success(request, _("C’est fait."))
        return redirect("usagers:team_access", usager.public_id)
    return render_form(request, "usagers/follow.html", {"usager": usager}, form)


@require_POST
@person_page
def unfollow(request: ActeurRequest, usager: Usager, suivi_id: UUID) -> HttpResponse:
    """An aidant no longer follows the person."""
    suivi = queries.suivi_of(usager, suivi_id)
    actions.end_suivi(acteur=request.acteur, usager=usager, suivi=suivi, at=clock.now())
    messages.success(request, _("C’est fait."))
    # Whoever leaves a file kept to its followers does not see it any more.
    if suivi.affectation == request.acteur.affectation and not usager.team_access:
        return redirect("espaces:home")
    return redirect("usagers:team_access", usager.public_id)
