"""What stops every use in the person's name, each after a page that says what will happen."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tandem.kernel import clock
from tandem.structures.access import ActeurRequest
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers import actions
from tandem.usagers.access import person_page
from tandem.usagers.forms import ConfirmForm, FreezeForm
from tandem.usagers.models import Usager
from tandem.usagers.rules import FreezeReason


@require_http_methods(["GET", "POST"])
@person_page
def freeze(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Stop everything for now."""
    form = FreezeForm(
        data_of(request), sentence=_("Oui, plus personne ne doit agir au nom de cette personne.")
    )

    def action(**who: Any) -> Usager:
        reason = FreezeReason(form.cleaned_data["reason"])
        return actions.freeze_usager(reason=reason, **who)

    return _confirm(request, usager, form, action, template="usagers/freeze.html")


@require_http_methods(["GET", "POST"])
@person_page
def thaw(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Open the file again."""
    form = ConfirmForm(
        data_of(request), sentence=_("Oui, les mandats en cours peuvent servir de nouveau.")
    )
    return _confirm(request, usager, form, actions.thaw_usager, template="usagers/thaw.html")


@require_http_methods(["GET", "POST"])
@person_page
def death(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """Record that the death is known (P-37)."""
    form = ConfirmForm(
        data_of(request), sentence=_("Oui, la structure a appris le décès de cette personne.")
    )
    return _confirm(request, usager, form, actions.record_death, template="usagers/death.html")


@require_http_methods(["GET", "POST"])
@person_page
def death_correct(request: ActeurRequest, usager: Usager) -> HttpResponse:
    """The death was recorded by mistake."""
    form = ConfirmForm(data_of(request), sentence=_("Oui, cette personne est vivante."))
    return _confirm(
        request, usager, form, actions.correct_death, template="usagers/death_correct.html"
    )


def _confirm(
    request: ActeurRequest,
    usager: Usager,
    form: ConfirmForm,
    action: Callable[..., Usager],
    *,
    template: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            action(acteur=request.acteur, usager=usager, at=clock.now())
        except (actions.UsagerRefused, actions.NotAllowed) as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("usagers:card", usager.public_id)
    return render_form(request, template, {"usager": usager}, form)
