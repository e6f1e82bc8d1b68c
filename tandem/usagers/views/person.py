"""The person's card: who they are, what they are called, what waits to be told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers import actions, queries
from tandem.usagers.access import person_page
from tandem.usagers.forms import ProtectionForm, RenameForm
from tandem.usagers.models import Usager
from tandem.usagers.rules import Protected, birthdate_words


@require_safe
@person_page
def card(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Everything the structure holds of who the person is and how they are told."""
    context = {
        "usager": usager,
        "born": birthdate_words(usager.birthdate),
        "channels": queries.judged_channels(usager),
        "to_tell": queries.to_tell_on_paper(usager),
        "followers": queries.suivis_of(usager),
        "rung_steps": queries.rung_steps_of(usager),
    }
    return render(request, "usagers/card.html", context)


@require_http_methods(["GET", "POST"])
@person_page
def rename(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """The name the person uses every day."""
    form = RenameForm(data_of(request), initial={"preferred_name": usager.preferred_name})
    if request.method == "POST" and form.is_valid():
        actions.rename_usager(
            acteur=request.acteur,
            usager=usager,
            preferred_name=form.cleaned_data["preferred_name"],
            at=clock.now(),
        )
        messages.success(request, _("C’est fait : le nom d’usage est changé."))
        return redirect("usagers:card", usager.public_id)
    return render_form(request, "usagers/rename.html", {"usager": usager}, form)


@require_http_methods(["GET", "POST"])
@person_page
def protection(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Ask whether someone else decides for the person (P-33, P-34)."""
    form = ProtectionForm(data_of(request), initial={"answer": usager.protected})
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_protection(
                acteur=request.acteur,
                usager=usager,
                answer=Protected(form.cleaned_data["answer"]),
                at=clock.now(),
            )
        except actions.UsagerRefused as refusal:
            form.add_error("answer", refusal.message)
        else:
            messages.success(request, _("C’est noté."))
            return redirect("usagers:card", usager.public_id)
    return render_form(request, "usagers/protection.html", {"usager": usager}, form)


@require_POST
@person_page
def told(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """What waited has just been told to the person, or handed on paper."""
    actions.record_told(acteur=request.acteur, usager=usager, at=clock.now())
    messages.success(request, _("C’est noté : la personne est prévenue."))
    return redirect("usagers:card", usager.public_id)
