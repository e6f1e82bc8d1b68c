"""Pages of practice."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tandem.comptes.actions import GestureRefused
from tandem.entrainement import actions, queries
from tandem.entrainement.forms import UseForm
from tandem.entrainement.rules import SESSION_BEFORE, use_act
from tandem.kernel import clock
from tandem.mandats.actions import UseRefused
from tandem.structures.access import ActeurRequest, aidant_required, compte_required
from tandem.structures.rules import SESSION_AFFECTATION
from tandem.ui.context_processors import PERSON_PRESENT_SESSION_KEY
from tandem.ui.shortcuts import data_of, render_form

# Whoever looks at the screen is nobody of the other world.
_SOMEONE = "1"


def _keep_beside(request: ActeurRequest) -> None:
    """The person beside the screen is still there, and sees no name there either (P-28)."""
    if request.acteur.beside:
        request.session[PERSON_PRESENT_SESSION_KEY] = _SOMEONE


@require_safe
@compte_required
def home(request: ActeurRequest) -> HttpResponse:
    """What practising is; in the sandbox, who is there and what may be tried."""
    people = list(queries.people_of(request.acteur))
    return render(request, "entrainement/home.html", {"people": people})


@require_POST
@compte_required
def begin(request: ActeurRequest) -> HttpResponse:
    """Enter one's own sandbox; the structure one comes from is kept, to go back."""
    place = actions.begin(acteur=request.acteur, at=clock.now())
    if not request.acteur.is_practising:
        request.session[SESSION_BEFORE] = str(request.session.get(SESSION_AFFECTATION, ""))
        _keep_beside(request)
    request.session[SESSION_AFFECTATION] = str(place.public_id)
    return redirect("entrainement:home")


@require_POST
@compte_required
def leave(request: ActeurRequest) -> HttpResponse:
    """Back to the true structure, in one tap."""
    if request.acteur.is_practising:
        before = str(request.session.pop(SESSION_BEFORE, ""))
        request.session.pop(SESSION_AFFECTATION, None)
        _keep_beside(request)
        if before:
            request.session[SESSION_AFFECTATION] = before
        messages.success(
            request, _("L’entraînement est fini. Ce que vous faites maintenant est vrai.")
        )
    return redirect("espaces:home")


@require_POST
@aidant_required
def start_over(request: ActeurRequest) -> HttpResponse:
    """Forget what was done in the sandbox, in one tap."""
    actions.start_over(acteur=request.acteur, at=clock.now())
    _keep_beside(request)
    messages.success(request, _("Tout est effacé. Les trois personnes fictives sont revenues."))
    return redirect("entrainement:home")


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def use(request: ActeurRequest) -> HttpResponse:
    """An exercise of connexion: the questions of a true one, and nothing leaves."""
    if not request.acteur.is_practising:
        raise queries.NotPractising
    at = clock.now()
    lines = queries.lines_of(request.acteur, at=at)
    data = data_of(request)
    form = UseForm(data, lines=lines, initial={"key": uuid4()})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        line = queries.line_of(request.acteur, UUID(said["ligne"]), at=at)
        try:
            actions.practise_use(
                acteur=request.acteur,
                autorisation=line,
                presence=said["presence"],
                absence_reason=said["absence_reason"],
                service=said["service"],
                key=said["key"],
                response=form.gesture_response,
                at=at,
            )
        except UseRefused as refusal:
            form.add_error(None, refusal.message)
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        else:
            messages.success(request, _("En vrai, vous seriez connecté. Ici, rien n’est sorti."))
            return redirect("espaces:person", line.usager.public_id)
    context = {
        "lines": lines,
        "to_confirm": queries.lines_to_confirm(lines, at=at),
        "act": _act_of(form["key"].value()),
    }
    return render_form(request, "entrainement/use.html", context, form)


def _act_of(value: object) -> str:
    """The act that this page's gesture is bound to; none when the page was tampered with."""
    try:
        return use_act(UUID(str(value)))
    except ValueError:
        return ""
