"""First steps: the password, two factors, the codes put away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tandem.comptes import actions, entry, factors, queries, rules
from tandem.comptes.access import CompteRequest, compte_required, during_enrolment, public_page
from tandem.comptes.forms import ActivationForm, AddPasskeyForm, ConfirmForm, TotpForm
from tandem.comptes.rules import FactorKind, show_totp_secret
from tandem.comptes.views.entrance import refused
from tandem.impression.qr import qr_svg
from tandem.kernel import clock
from tandem.ui.shortcuts import data_of, render_form

_TOKEN = "comptes_activation"  # noqa: S105 - the name of a place in the session
_SECRET = "comptes_totp"  # noqa: S105 - same


@public_page
@never_cache
@require_GET
def activation_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the invitation: the token leaves the address at once. Opening it spends nothing."""
    request.session[_TOKEN] = token
    return redirect("comptes:activation")


@public_page
@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """Choose a password."""
    token = request.session.get(_TOKEN, "")
    found = queries.activation_for(token, at=clock.now()) if token else None
    if found is None:
        return render(request, "comptes/activation_gone.html", status=404)
    form = ActivationForm(request.POST or None)
    context = {"compte": found.compte}
    if not form.is_valid():
        return render_form(request, "comptes/activation.html", context, form)
    try:
        compte = actions.activate(
            token=token, password=form.cleaned_data["password"], at=clock.now()
        )
    except actions.PasswordRefused as refusal:
        form.add_error("password", refusal.message)
        return render_form(request, "comptes/activation.html", context, form)
    del request.session[_TOKEN]
    return entry.begin_login(request, compte, method="activation", next_url="")


@compte_required
@during_enrolment
@require_GET
def enrol(request: CompteRequest) -> HttpResponse:
    """Where one stands: two means of logging in, then codes on paper."""
    compte = request.user
    if compte.enrolled_at is not None:
        return redirect("comptes:account")
    context = {
        "held": queries.factors_of(compte),
        "codes_left": compte.recovery_codes_left,
        "compte": compte,
    }
    return render(request, "comptes/enrol.html", context)


@compte_required
@during_enrolment
@never_cache
@require_http_methods(["GET", "POST"])
def add_totp(request: CompteRequest) -> HttpResponse:
    """Scan, then type the first code."""
    compte = request.user
    if _SECRET not in request.session:
        fresh = factors.new_totp_secret()
        request.session[_SECRET] = factors.seal(compte, FactorKind.TOTP, fresh)
    secret = factors.unseal(compte, FactorKind.TOTP, request.session[_SECRET])
    form = TotpForm(request.POST or None)
    url = factors.totp_url(compte, secret)
    context = {
        "act": rules.factor_act(compte.public_id),
        "secret": show_totp_secret(factors.totp_text(secret)),
        "qr": qr_svg(url, title="Code à scanner avec l’application"),
    }
    if not form.is_valid():
        return render_form(request, "comptes/add_totp.html", context, form)
    try:
        actions.add_totp(
            compte=compte,
            secret=secret,
            code=form.cleaned_data["code"],
            response=form.gesture_response,
            at=clock.now(),
        )
    except actions.EnrolmentRefused as refusal:
        form.add_error("code", refusal.message)
        return render_form(request, "comptes/add_totp.html", context, form)
    except actions.GestureRefused as refusal:
        form.refuse_gesture(refusal)
        return refused(render_form(request, "comptes/add_totp.html", context, form), refusal)
    del request.session[_SECRET]
    return redirect("comptes:account" if compte.enrolled_at else "comptes:recovery_codes")


@compte_required
@during_enrolment
@never_cache
@require_http_methods(["GET", "POST"])
def add_passkey(request: CompteRequest) -> HttpResponse:
    """A passkey of this device, or of a key one carries."""
    compte = request.user
    form = AddPasskeyForm(request.POST or None)
    context = {"act": rules.factor_act(compte.public_id)}
    if not form.is_valid():
        return render_form(request, "comptes/add_passkey.html", context, form)
    try:
        actions.add_passkey(
            compte=compte,
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
            response=form.gesture_response,
            at=clock.now(),
        )
    except actions.EnrolmentRefused as refusal:
        form.add_error("name", refusal.message)
        return render_form(request, "comptes/add_passkey.html", context, form)
    except actions.GestureRefused as refusal:
        form.refuse_gesture(refusal)
        return refused(render_form(request, "comptes/add_passkey.html", context, form), refusal)
    return redirect("comptes:account" if compte.enrolled_at else "comptes:recovery_codes")


@compte_required
@during_enrolment
@require_POST
def passkey_options(request: CompteRequest) -> HttpResponse:
    """The challenge of a registration."""
    return JsonResponse(actions.registration_options(compte=request.user, at=clock.now()))


@compte_required
@during_enrolment
@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: CompteRequest) -> HttpResponse:
    """Ten codes, shown this once."""
    compte = request.user
    form = ConfirmForm(data_of(request))
    context = {"act": rules.factor_act(compte.public_id), "compte": compte}
    if not form.is_valid():
        return render_form(request, "comptes/recovery.html", context, form)
    try:
        codes = actions.make_recovery_codes(
            compte=compte, response=form.gesture_response, at=clock.now()
        )
    except actions.EnrolmentRefused:
        return redirect("comptes:enrol")
    except actions.GestureRefused as refusal:
        form.refuse_gesture(refusal)
        return refused(render_form(request, "comptes/recovery.html", context, form), refusal)
    return render(request, "comptes/recovery_show.html", {"codes": codes, "compte": compte})


@compte_required
@during_enrolment
@require_POST
def recovery_done(request: CompteRequest) -> HttpResponse:
    """The codes are put away."""
    try:
        actions.finish_enrolment(compte=request.user, at=clock.now())
    except actions.EnrolmentRefused:
        return redirect("comptes:enrol")
    return redirect("comptes:account" if request.user.enrolled_at else settings.LOGIN_REDIRECT_URL)
