"""Stopping: one line, one mandat, everything, by the paper; giving up; done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tandem.kernel import clock, limits
from tandem.kernel.declare import get_writes
from tandem.mandats import actions, permissions, queries
from tandem.mandats.actions import MandatRefused, NotAllowed
from tandem.mandats.actions.ends import RENOUNCE_CLOSED
from tandem.mandats.forms.mandats import RenounceForm, StopCodeForm
from tandem.mandats.views.access import aidant_or_referent_required
from tandem.referentiels.queries import describe_scope, describe_scopes
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.access import READING
from tandem.usagers.actions import record_reading
from tandem.usagers.queries import usager_visible_to


def _stopped(request: ActeurRequest, person: str) -> None:
    messages.success(
        request,
        _("C’est fait : plus personne ne peut agir pour %(person)s avec ce mandat.")
        % {"person": person},
    )


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def stop(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """Stop a whole mandat: a page that says what will happen, then the act."""
    at = clock.now()
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    if request.method == "POST":
        actions.revoke_mandat(acteur=request.acteur, mandat=mandat, at=at)
        _stopped(request, mandat.usager.display_name)
        return redirect("mandats:detail", mandat_id)
    record_reading(acteur=request.acteur, usager=mandat.usager, at=at)
    titles = [
        found.title
        for found in describe_scopes([r.scope for r in mandat.autorisations.order_by("pk")])
    ]
    context = {"mandat": mandat, "person": mandat.usager.display_name, "titles": titles}
    return render(request, "mandats/stop.html", context)


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def stop_line(request: ActeurRequest, autorisation_id: UUID) -> HttpResponse:
    """Stop one line of a mandat."""
    at = clock.now()
    row = get_object_or_404(
        queries.autorisations_visible_to(request.acteur), public_id=autorisation_id
    )
    title = describe_scope(row.scope).title
    if request.method == "POST":
        actions.revoke_autorisation(acteur=request.acteur, autorisation=row, at=at)
        messages.success(
            request,
            _("C’est fait : plus personne ne peut agir pour %(person)s pour « %(title)s ».")
            % {"person": row.mandat.usager.display_name, "title": title},
        )
        return redirect("mandats:detail", row.mandat.public_id)
    record_reading(acteur=request.acteur, usager=row.mandat.usager, at=at)
    context = {
        "mandat": row.mandat,
        "person": row.mandat.usager.display_name,
        "titles": [title],
        "line": row,
    }
    return render(request, "mandats/stop.html", context)


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def stop_all(request: ActeurRequest, usager_id: UUID) -> HttpResponse:
    """Stop everything the person signed in this structure."""
    at = clock.now()
    usager = usager_visible_to(request.acteur, usager_id)
    if request.method == "POST":
        actions.revoke_all(acteur=request.acteur, usager=usager, at=at)
        messages.success(
            request,
            _("C’est fait : plus personne ne peut agir pour %(person)s.")
            % {"person": usager.display_name},
        )
        return redirect("mandats:list")
    record_reading(acteur=request.acteur, usager=usager, at=at)
    live = queries.live_lines(usager, at=at)
    titles = [found.title for found in describe_scopes([row.scope for row in live])]
    context = {"person": usager.display_name, "titles": titles, "usager": usager}
    return render(request, "mandats/stop.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_or_referent_required
def stop_by_code(request: ActeurRequest) -> HttpResponse:
    """The person brings the paper of a mandat, of whatever structure: it opens the stop, and nothing else."""
    form = StopCodeForm(data_of(request))
    if form.is_bound and form.is_valid():
        compte = request.acteur.compte
        if compte is None or not limits.hit(
            f"mandats.stop:{compte.public_id}", limit=10, window=600
        ):
            form.add_error("code", _("Trop d’essais. Attendez dix minutes."))
        else:
            try:
                mandat = actions.revoke_by_code(
                    acteur=request.acteur, code=form.cleaned_data["code"], at=clock.now()
                )
            except MandatRefused as refusal:
                form.add_error("code", refusal.message)
            else:
                return render(request, "mandats/stopped_by_code.html", {"mandat": mandat})
    return render_form(request, "mandats/stop_by_code.html", {}, form)


@get_writes(READING)
@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def renounce(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """The structure gives the mandat up, and says what cannot wait (P-18)."""
    at = clock.now()
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    if not permissions.may_renounce(request.acteur, mandat):
        # No form for who could not send it.
        raise NotAllowed(str(RENOUNCE_CLOSED))
    lines = describe_scopes([row.scope for row in mandat.autorisations.order_by("pk")])
    form = RenounceForm(data_of(request), lines=lines)
    if form.is_bound and form.is_valid():
        pending = form.cleaned_data["pending"]
        actions.renounce_mandat(acteur=request.acteur, mandat=mandat, pending=pending, at=at)
        messages.success(request, _("C’est fait : la structure n’agit plus avec ce mandat."))
        for line in lines:
            if line.scope in pending:
                messages.warning(
                    request, _("À terminer sans attendre : %(title)s.") % {"title": line.title}
                )
        return redirect("mandats:detail", mandat_id)
    record_reading(acteur=request.acteur, usager=mandat.usager, at=at)
    context = {"mandat": mandat, "person": mandat.usager.display_name}
    return render_form(request, "mandats/renounce.html", context, form)


@require_POST
@aidant_required
def finish(request: ActeurRequest, mandat_id: UUID) -> HttpResponse:
    """The démarche of a one-act mandat is filed."""
    mandat = get_object_or_404(queries.mandats_visible_to(request.acteur), public_id=mandat_id)
    actions.finish_act(acteur=request.acteur, mandat=mandat, at=clock.now())
    messages.success(request, _("C’est fait : la démarche est terminée, et le mandat avec elle."))
    return redirect("mandats:detail", mandat_id)
