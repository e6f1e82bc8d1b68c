"""Who the person is without FranceConnect: what they say, what is seen, who knows them (P-32)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tandem.kernel import clock
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers import actions
from tandem.usagers.access import person_page
from tandem.usagers.birthdates import typed_birthdate
from tandem.usagers.forms import ConfirmForm, DeclareForm, PieceForm
from tandem.usagers.models import Usager
from tandem.usagers.rules import Piece, Rung


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def declare(request: ActeurRequest) -> HttpResponse:
    """Open a file on what the person says."""
    at = clock.now()
    form = DeclareForm(data_of(request), today=at.date())
    if request.method == "POST" and form.is_valid():
        usager = actions.declare_usager(acteur=request.acteur, at=at, **form.cleaned_data)
        messages.success(request, _("Le dossier est ouvert, sur ce que la personne a dit."))
        return redirect("usagers:card", usager.public_id)
    return render_form(request, "usagers/declare.html", {}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def piece_seen(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """The original of a document of identity is in the aidant's hands; no copy is made."""
    at = clock.now()
    known = {"given_names": usager.given_names, "family_name": usager.family_name}
    known |= {"birthdate": typed_birthdate(usager.birthdate)}
    today = usager.local_date(at)
    form = PieceForm(data_of(request), today=today, initial={**known, "seen_on": today})
    suite = _next(request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_piece_seen(
                acteur=request.acteur,
                usager=usager,
                piece=Piece(form.cleaned_data["piece"]),
                seen_on=form.cleaned_data["seen_on"],
                says=form.says,
                at=at,
            )
        except actions.UsagerRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est noté. Rendez la pièce : aucune copie n’est gardée."))
            return redirect(suite or "usagers:card", *([] if suite else [usager.public_id]))
    surer = usager.rung == Rung.FRANCECONNECT
    context = {"usager": usager, "suite": suite, "surer": surer}
    return render_form(request, "usagers/piece_seen.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def vouch(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """The aidant knows the person, and says so by name."""
    form = ConfirmForm(
        data_of(request), sentence=_("Oui, je connais cette personne, et j’en réponds.")
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.vouch_for(acteur=request.acteur, usager=usager, at=clock.now())
        except actions.UsagerRefused as refusal:
            form.add_error("confirmed", refusal.message)
        else:
            messages.success(request, _("C’est noté, pour 31 jours."))
            return redirect("usagers:card", usager.public_id)
    return render_form(request, "usagers/vouch.html", {"usager": usager}, form)


def _next(request: ActeurRequest) -> str:
    """Where the aidant was going, inside this site only."""
    asked = str(request.POST.get("suite") or request.GET.get("suite", ""))
    inside = url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None, require_https=request.is_secure()
    )
    return asked if asked.startswith("/") and inside else ""
