"""The pages of a connexion: door, person, démarche, confirmation, end."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import cast
from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tandem.comptes.actions import GestureRefused
from tandem.kernel import clock
from tandem.kernel.refusals import Refusal
from tandem.mandats import actions as mandats_actions
from tandem.oidc_provider import actions, queries
from tandem.oidc_provider.forms import (
    ChooseUsagerForm,
    CodeForm,
    ConfirmForm,
    EndForm,
    Line,
    PaperForm,
    SearchForm,
    UseForm,
)
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.rules.choices import Step
from tandem.oidc_provider.views.browser import binding_of
from tandem.oidc_provider.views.protocol import SeeOther
from tandem.structures.access import ActeurRequest, aidant_required, public_page
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.ui.shortcuts import UNPROCESSABLE
from tandem.usagers import queries as usagers_queries
from tandem.usagers.models import Usager

Page = Callable[..., HttpResponse]


def _refusals_lead_back(view: Page) -> Page:
    """A refusal shows its sentence and the way back to the service (FI-17)."""

    @wraps(view)
    def shown(request: ActeurRequest, public_id: UUID) -> HttpResponse:
        try:
            return view(request, public_id)
        except actions.UseRefused as refused:
            row = queries.transaction_for(
                public_id, binding=binding_of(request, public_id), acteur=request.acteur
            )
            return _refused(request, row, refused.message)

    return shown


def _live(request: ActeurRequest, public_id: UUID) -> Transaction:
    return queries.live_transaction_for(
        public_id, binding=binding_of(request, public_id), acteur=request.acteur, at=clock.now()
    )


def _page(
    request: ActeurRequest,
    row: Transaction,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page whose forms may end at the service: its origins are listed, no other (S-46)."""
    origins = queries.origins_that_follow(row.relying_party, row.redirect_uri)
    everything = {"transaction": row, "party": row.relying_party, **context}
    answer = render(request, f"oidc_provider/{template}.html", everything, status=status)

    @csp_update({"form-action": origins})
    def with_origins(_request: HttpRequest) -> HttpResponse:
        return answer

    return cast("HttpResponse", with_origins(request))


def _refused(request: ActeurRequest, row: Transaction, sentence: str) -> HttpResponse:
    return _page(request, row, "refused", {"sentence": sentence}, status=409)


def _stopped(
    request: ActeurRequest, row: Transaction, step: Step, at: datetime
) -> HttpResponse | None:
    """The page of a condition that does not hold any more at this step (S-02); None to go on."""
    session = binding_of(request, row.public_id).session_id
    found = queries.choice_obstacle(
        row, acteur=request.acteur, session_id=session, step=step, at=at, reread=False
    )
    return None if found is None else _refused(request, row, found.sentence)


def _status(form: Form) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


@public_page
@require_GET
def connexion(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Where a request of a service arrives: log in first, or go on (FI-24)."""
    row = _live(request, public_id)
    if request.acteur.is_authenticated:
        return redirect("oidc_provider:usager", public_id)
    return _page(request, row, "door", {})


@aidant_required
@require_http_methods(["GET", "POST"])
@_refusals_lead_back
def usager(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """For whom? Recent people, or a search by POST: no name travels in an address."""
    row = _live(request, public_id)
    if (stopped := _stopped(request, row, Step.USAGER, clock.now())) is not None:
        return stopped
    form = SearchForm(request.POST or None)
    searched = form.is_valid()
    people = _found(request, form.cleaned_data["q"]) if searched else _recent(request)
    context = {"form": form, "people": people, "searched": searched}
    return _page(request, row, "usager", context, status=_status(form))


def _recent(request: ActeurRequest) -> list[Usager]:
    """The people last met; with a person present, nobody else's name is shown."""
    present = request.session.get(PERSON_PRESENT_SESSION_KEY)
    if not present:
        return usagers_queries.recent_usagers(request.acteur)
    return queries.person_present(request.acteur, str(present))


def _found(request: ActeurRequest, q: str) -> list[Usager]:
    """The people of that name; beside a person, theirs alone; beside someone unnamed, one and no more (P-28)."""
    found = usagers_queries.search_usagers(request.acteur, q)
    present = str(request.session.get(PERSON_PRESENT_SESSION_KEY, ""))
    theirs = [person for person in found if str(person.public_id) == present]
    named = present not in {"", "1"}  # "1": someone, unnamed
    shown = theirs if named or (present and len(found) > 1) else found
    if len(shown) < len(found):
        messages.info(
            request,
            _("Une personne est avec vous : les autres noms sont masqués. Tapez aussi son prénom."),
        )
    return shown


@aidant_required
@require_POST
@_refusals_lead_back
def choose_usager(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Take the connexion, for this person."""
    row = _live(request, public_id)
    form = ChooseUsagerForm(request.POST)
    if not form.is_valid():
        return redirect("oidc_provider:usager", public_id)
    person = usagers_queries.usager_visible_to(request.acteur, form.cleaned_data["usager"])
    actions.choose_usager(
        acteur=request.acteur,
        row=row,
        binding=binding_of(request, public_id),
        usager=person,
        at=clock.now(),
    )
    return redirect("oidc_provider:demarche", public_id)


@aidant_required
@require_http_methods(["GET", "POST"])
@_refusals_lead_back
def demarche(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """For what, where is the person, at which service?"""
    at = clock.now()
    row = _live(request, public_id)
    if row.usager is None:
        return redirect("oidc_provider:usager", public_id)
    if (stopped := _stopped(request, row, Step.DEMARCHE, at)) is not None:
        return stopped
    offer = queries.offer(row, request.acteur, at)
    form = UseForm(
        request.POST or None, lines=[Line(**line) for line in offer.lines], initial=offer.initial
    )
    if not form.is_valid():
        return _page(request, row, "demarche", {"form": form}, status=_status(form))
    actions.choose_autorisation(
        acteur=request.acteur,
        row=row,
        binding=binding_of(request, public_id),
        autorisation=offer.autorisations[form.cleaned_data["autorisation"]],
        presence=form.cleaned_data["presence"],
        absence_reason=form.cleaned_data.get("absence_reason", ""),
        service_declared=form.cleaned_data["service_declared"],
        at=at,
    )
    return redirect("oidc_provider:confirm", public_id)


@aidant_required
@require_http_methods(["GET", "POST"])
@_refusals_lead_back
def confirm(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """What one answers for, the person's confirmation when it is needed, and the gesture."""
    at = clock.now()
    row = queries.transaction_for(
        public_id, binding=binding_of(request, public_id), acteur=request.acteur
    )
    if row.autorisation is None:
        return redirect("oidc_provider:usager", public_id)
    if request.method == "GET":
        return _confirm_page(request, row, ConfirmForm(), at)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _confirm_page(request, row, form, at)
    try:
        to = actions.confirm_use(
            acteur=request.acteur,
            row=row,
            binding=binding_of(request, public_id),
            shown=_mark(request),
            response=form.gesture_response,
            at=at,
        )
    except actions.ChoiceChanged as changed:
        messages.warning(request, changed.message)
        return redirect("oidc_provider:confirm", public_id)
    except GestureRefused as refused:
        form.add_error("geste_code", refused.message)
        return _confirm_page(request, row, form, at, status=refused.status)
    return SeeOther(to)


def _mark(request: ActeurRequest) -> str:
    """The mark of the choice that the page showed; nothing of another shape."""
    mark = str(request.POST.get("choix", ""))
    return mark if mark.isascii() else ""


def _confirm_page(
    request: ActeurRequest,
    row: Transaction,
    form: Form,
    at: datetime,
    *,
    code_form: Form | None = None,
    status: int = 0,
) -> HttpResponse:
    queries.ensure_live(row, at)
    if (stopped := _stopped(request, row, Step.CONFIRM, at)) is not None:
        return stopped
    context = {
        "form": form,
        "choice": queries.choice_of(row),
        "code_form": code_form or CodeForm(prefix="personne"),
        "paper_form": PaperForm(prefix="papier"),
        **queries.confirmation_context(row, at),
    }
    return _page(request, row, "confirm", context, status=status or _status(form))


def _ready(request: ActeurRequest, public_id: UUID) -> Transaction:
    row = _live(request, public_id)
    if row.autorisation is None:
        raise queries.TransactionUnknown(_("Choisissez d’abord la personne et la démarche."))
    return row


@aidant_required
@require_POST
@_refusals_lead_back
def send_code(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Send the person the code that confirms (P-06)."""
    row = _ready(request, public_id)
    try:
        mandats_actions.send_confirmation_code(
            acteur=request.acteur, autorisation=queries.autorisation_of(row), at=clock.now()
        )
    except Refusal as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request, _("Un code est parti. La personne vous le lit quand elle l’a reçu.")
        )
    return redirect("oidc_provider:confirm", public_id)


@aidant_required
@require_POST
@_refusals_lead_back
def record_code(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """The code the person received and reads aloud (P-06)."""
    at = clock.now()
    row = _ready(request, public_id)
    form = CodeForm(request.POST, prefix="personne")
    if not form.is_valid():
        return _confirm_page(request, row, ConfirmForm(), at, code_form=form, status=UNPROCESSABLE)
    try:
        mandats_actions.record_code_confirmation(
            acteur=request.acteur,
            autorisation=queries.autorisation_of(row),
            code=form.cleaned_data["code"],
            at=at,
        )
    except Refusal as refused:
        form.add_error("code", refused.message)
        return _confirm_page(request, row, ConfirmForm(), at, code_form=form, status=refused.status)
    return redirect("oidc_provider:confirm", public_id)


@aidant_required
@require_POST
@_refusals_lead_back
def record_paper(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """The paper of the day is signed and held (P-06)."""
    row = _ready(request, public_id)
    form = PaperForm(request.POST, prefix="papier")
    if not form.is_valid():
        messages.error(request, _("Cochez la case quand le papier du jour est signé."))
        return redirect("oidc_provider:confirm", public_id)
    mandats_actions.record_paper_confirmation(
        acteur=request.acteur, autorisation=queries.autorisation_of(row), at=clock.now()
    )
    return redirect("oidc_provider:confirm", public_id)


@public_page
@require_POST
def cancel(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """Back to the service, with nothing (FI-17): from the door too, before any login."""
    binding = binding_of(request, public_id)
    row = queries.transaction_for(public_id, binding=binding, acteur=request.acteur)
    return SeeOther(
        actions.cancel_transaction(acteur=request.acteur, row=row, binding=binding, at=clock.now())
    )


@aidant_required
@require_http_methods(["GET", "POST"])
def end(request: ActeurRequest, public_id: UUID) -> HttpResponse:
    """« Terminer l’accompagnement »: how to log out over there, and that it was done (decision 5)."""
    at = clock.now()
    row = queries.accompagnement_for(public_id, request.acteur)
    if request.method == "GET":
        context = {
            "transaction": row,
            "party": row.relying_party,
            "usager": row.usager,
            "form": EndForm(),
            "one_act": queries.one_act_of(row, at) is not None,
        }
        return render(request, "oidc_provider/end.html", context)
    actions.end_accompagnement(
        acteur=request.acteur,
        row=row,
        logged_out=request.POST.get("logged_out") == "1",
        filed=request.POST.get("filed") == "on",
        at=at,
    )
    messages.success(request, _("C’est noté : l’accompagnement est terminé."))
    return redirect("oidc_provider:end", public_id)
