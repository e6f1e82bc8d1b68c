"""One's own compte: factors, sessions, password; and the gesture's challenge."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tandem.comptes import actions, entry, queries, rules
from tandem.comptes.access import CompteRequest, compte_required, during_enrolment
from tandem.comptes.forms import ConfirmForm, PasswordForm
from tandem.comptes.rules import IDLE_LIMIT, RECOVERY_LOW
from tandem.comptes.views.entrance import refused
from tandem.kernel import clock
from tandem.ui.shortcuts import data_of, render_form


@compte_required
@require_GET
def account(request: CompteRequest) -> HttpResponse:
    """My factors, my sessions, my codes, my password."""
    compte = request.user
    context = {
        "compte": compte,
        "held": queries.factors_of(compte),
        "codes_low": compte.recovery_codes_left <= RECOVERY_LOW,
        "sessions": queries.sessions_of(compte),
        "here": entry.session_id(request),
        "reset": queries.open_reset_of(compte),
    }
    return render(request, "comptes/account.html", context)


@compte_required
@during_enrolment
@require_POST
def gesture_options(request: CompteRequest) -> HttpResponse:
    """The challenge for one act (called by comptes/geste.js)."""
    try:
        options = actions.gesture_options(
            compte=request.user, act=request.POST.get("act", ""), at=clock.now()
        )
    except actions.GestureRefused as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    return JsonResponse(options)


@compte_required
@during_enrolment
@require_http_methods(["GET", "POST"])
def keep_alive(request: CompteRequest) -> HttpResponse:
    """« Rester connecté » : fifteen minutes more from now."""
    minutes = int(IDLE_LIMIT.total_seconds()) // 60
    if request.method == "GET":
        return render(request, "comptes/keep_alive.html", {"minutes": minutes})
    times = entry.times_of(request)
    at = clock.now()
    if times is None or not actions.touch_session(session_id=times.id, at=at):
        return entry.ask_again(request, reason="killed")
    entry.touch(request, times, at)
    if "text/html" not in request.headers.get("Accept", ""):
        return JsonResponse({"seconds": int(IDLE_LIMIT.total_seconds())})
    return redirect(entry.page_before(request) or "/")


@compte_required
@require_http_methods(["GET", "POST"])
def remove_factor(request: CompteRequest, ref: UUID) -> HttpResponse:
    """Remove a passkey or the application, with another factor."""
    compte = request.user
    factor = queries.factor_of(compte, ref)
    if factor is None:
        return redirect("comptes:account")
    form = ConfirmForm(data_of(request))
    context = {"act": rules.factor_act(compte.public_id), "factor": factor}
    if not form.is_valid():
        return render_form(request, "comptes/remove_factor.html", context, form)
    try:
        actions.remove_factor(
            compte=compte, ref=ref, response=form.gesture_response, at=clock.now()
        )
    except (actions.EnrolmentRefused, actions.GestureRefused) as refusal:
        form.refuse_gesture(refusal)
        return refused(render_form(request, "comptes/remove_factor.html", context, form), refusal)
    messages.success(request, _("C’est fait : ce moyen ne permet plus de se connecter."))
    return redirect("comptes:account")


@compte_required
@sensitive_post_parameters("present", "password", "again")
@require_http_methods(["GET", "POST"])
def change_password(request: CompteRequest) -> HttpResponse:
    """A new password, with the present one and a second factor."""
    compte = request.user
    form = PasswordForm(request.POST or None)
    context = {"act": rules.password_act(compte.public_id)}
    if not form.is_valid():
        return render_form(request, "comptes/password.html", context, form)
    try:
        compte = actions.change_password(
            compte=compte,
            present=form.cleaned_data["present"],
            password=form.cleaned_data["password"],
            response=form.gesture_response,
            kept=request.session.session_key or "",
            at=clock.now(),
        )
    except actions.PasswordRefused as refusal:
        form.add_error("password", refusal.message)
        return render_form(request, "comptes/password.html", context, form)
    except actions.GestureRefused as refusal:
        form.refuse_gesture(refusal)
        return refused(render_form(request, "comptes/password.html", context, form), refusal)
    update_session_auth_hash(request, compte)
    entry.follow_key(request)
    messages.success(request, _("Votre mot de passe est changé. Vos autres sessions sont fermées."))
    return redirect("comptes:account")


@compte_required
@require_POST
def close_session(request: CompteRequest, session_id: UUID) -> HttpResponse:
    """Close one session of mine."""
    actions.close_session(compte=request.user, session_id=session_id, at=clock.now())
    messages.success(request, _("C’est fait : cette session est fermée."))
    return redirect("comptes:account")


@compte_required
@require_POST
def close_others(request: CompteRequest) -> HttpResponse:
    """Close all my sessions but this one."""
    here = entry.session_id(request)
    assert here is not None  # noqa: S101 - the middleware let the request in
    actions.close_other_sessions(compte=request.user, kept=here, at=clock.now())
    messages.success(request, _("C’est fait : seule cette session reste ouverte."))
    return redirect("comptes:account")


@compte_required
@require_POST
def refuse_reset(request: CompteRequest) -> HttpResponse:
    """It was not me: my factors stay (S-12)."""
    reset = queries.open_reset_of(request.user)
    if reset is not None:
        actions.cancel_reset(compte=request.user, reset=reset, at=clock.now())
        messages.success(request, _("C’est fait : vos moyens de connexion ne changent pas."))
    return redirect("comptes:account")
