"""Coming in and going out."""

from django.conf import settings
from django.contrib.auth import logout as django_logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tandem.comptes import actions, entry, rules
from tandem.comptes.access import during_enrolment, public_page
from tandem.comptes.forms import LoginForm, SecondFactorForm
from tandem.comptes.models import Compte
from tandem.comptes.rules import GestureMethod, GestureResponse
from tandem.kernel import clock
from tandem.kernel.refusals import Refusal
from tandem.ui.shortcuts import render_form

# Why a session ended, as the login page says it.
_ENDS = frozenset({"idle", "absolute", "killed", "unknown"})


def refused(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """The page around a form that an action refused, with the refusal's own status."""
    response.status_code = refusal.status
    return response


def _next_of(request: HttpRequest) -> str:
    return entry.safe_next(request, request.GET.get("next", ""))


def _login_page(request: HttpRequest, form: Form, *, passkey_error: str = "") -> HttpResponse:
    next_url = _next_of(request)
    end = request.GET.get("fin", "")
    context = {
        "end": end if end in _ENDS else "",
        "query": urlencode({"next": next_url}) if next_url else "",
        "passkey_error": passkey_error,
    }
    return render_form(request, "comptes/login.html", context, form)


@public_page
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """An address and a password; then the second factor."""
    if request.user.is_authenticated:
        return redirect(_next_of(request) or settings.LOGIN_REDIRECT_URL)
    form = LoginForm(request.POST or None)
    if not form.is_valid():
        return _login_page(request, form)
    try:
        compte = actions.check_password(
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            visitor=entry.visitor_of(request),
            at=clock.now(),
        )
    except actions.LoginRefused as refusal:
        form.add_error(None, refusal.message)
        return refused(_login_page(request, form), refusal)
    return entry.begin_login(request, compte, method="password", next_url=_next_of(request))


@public_page
@never_cache
@require_POST
def login_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey alone: the key and its PIN are two factors."""
    try:
        compte = actions.prove_passkey_alone(
            response=GestureResponse(credential=request.POST.get("geste_credential", "")),
            visitor=entry.visitor_of(request),
            at=clock.now(),
        )
    except actions.LoginRefused as refusal:
        page = _login_page(request, LoginForm(), passkey_error=refusal.message)
        return refused(page, refusal)
    return entry.begin_login(
        request, compte, method=GestureMethod.PASSKEY, next_url=_next_of(request)
    )


@public_page
@never_cache
@require_POST
def login_options(request: HttpRequest) -> HttpResponse:
    """The challenge for a passkey: of whoever gave a password just now, else of anyone."""
    stage = entry.pending_stage(request) if request.POST.get("etape") == "2" else None
    try:
        options = actions.login_options(
            compte=stage.login.user if stage else None,
            visitor=entry.visitor_of(request),
            at=clock.now(),
        )
    except actions.LoginRefused as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    return JsonResponse(options)


@public_page
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: a passkey, a code of the application, or a recovery code."""
    stage = entry.pending_stage(request)
    if request.user.is_authenticated or stage is None or not isinstance(stage.login.user, Compte):
        return redirect("comptes:login")
    compte = stage.login.user
    form = SecondFactorForm(request.POST or None)
    context = {
        "act": rules.login_act(compte.public_id),
        "options_url": reverse("comptes:login_options"),
        "passkey": compte.has_passkey,
    }
    if not form.is_valid():
        return render_form(request, "comptes/second_factor.html", context, form)
    try:
        method = actions.prove_login(
            compte=compte,
            response=form.gesture_response,
            visitor=entry.visitor_of(request),
            at=clock.now(),
        )
    except actions.LoginRefused as refusal:
        form.refuse_gesture(refusal)
        return refused(render_form(request, "comptes/second_factor.html", context, form), refusal)
    return entry.finish_login(stage, method=method)


@public_page
@during_enrolment
@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """The question, then the end: the session, and whatever the browser kept of it (S-43)."""
    compte = request.user
    if not isinstance(compte, Compte):
        return redirect("comptes:logged_out")
    if request.method == "GET":
        return render(request, "comptes/logout.html")
    session_id = entry.session_id(request)
    assert session_id is not None  # noqa: S101 - the middleware let the request in
    actions.end_session(compte=compte, session_id=session_id, at=clock.now())
    django_logout(request)
    response = redirect("comptes:logged_out")
    # Not "cookies": the browser would be an unknown device at each login (S-15).
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public_page
@never_cache
@require_GET
def logged_out(request: HttpRequest) -> HttpResponse:
    """It is done, and what to do on a shared computer."""
    response = render(request, "comptes/logged_out.html")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
