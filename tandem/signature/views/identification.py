"""The person identifies with FranceConnect, sees their name, and the mandat is signed."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tandem.comptes.actions import GestureRefused
from tandem.kernel import clock
from tandem.kernel.crypto import random_token
from tandem.kernel.declare import get_writes
from tandem.kernel.refusals import Refusal
from tandem.oidc_client.actions import finish_logout
from tandem.signature import actions, queries
from tandem.signature.actions.drafts import PURPOSE
from tandem.signature.forms.draft import CodeForm, SignForm
from tandem.signature.rules import Road, Step, may_open
from tandem.signature.views.pages import draft_context, identity_rows, onward, recap_context
from tandem.structures.access import ActeurRequest, aidant_required
from tandem.ui.shortcuts import data_of, render_form
from tandem.usagers.queries import proven_channel
from tandem.usagers.rules import Rung, release_warning

SESSION_BINDING = "mandats_franceconnect"


def franceconnect_origin() -> str:
    """Where the browser is sent: the issuer's own origin, exactly."""
    parts = urlsplit(str(settings.TANDEM_FRANCECONNECT["issuer"]))
    return f"{parts.scheme}://{parts.netloc}"


def leaves_for_franceconnect(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """The form of this page ends, after a redirect, at FranceConnect: Chromium checks the whole chain (S-46)."""

    @wraps(view)
    def shown(request: ActeurRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        allowed = csp_update({"form-action": [SELF, franceconnect_origin()]})
        return allowed(view)(request, *args, **kwargs)

    return shown


def _absolute(name: str) -> str:
    return f"{settings.TANDEM_SITE_URL}{reverse(name)}"


@require_http_methods(["GET", "HEAD", "POST"])
@leaves_for_franceconnect
@aidant_required
def identification(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Hand the screen over; POST leaves for FranceConnect, in this browser only (S-04)."""
    if request.acteur.is_practising:
        return redirect("signature:draft_fictitious", draft_id)
    at = clock.now()
    draft = queries.draft_of(request.acteur, draft_id, at=at)
    missing = queries.step_of(draft, at=at)
    by_hand = queries.answers_of(draft).road == Road.PAPER
    if draft.mandat is not None or by_hand or not may_open(Step.IDENTIFICATION, missing=missing):
        return redirect("signature:draft", draft_id)
    if request.method == "POST":
        # One secret for the session: two mandats prepared in two tabs do not disturb each other.
        binding = str(request.session.setdefault(SESSION_BINDING, random_token(32)))
        try:
            address = actions.begin_identification(
                acteur=request.acteur,
                draft=draft,
                binding=binding,
                redirect_uri=_absolute("signature:franceconnect_return"),
                post_logout_uri=_absolute("signature:franceconnect_logged_out"),
                at=at,
            )
        except Refusal as refusal:
            return _not_identified(request, refusal)
        return redirect(address)
    context = draft_context(draft, Step.IDENTIFICATION, at)
    code = draft.renews is not None and draft.usager is not None and proven_channel(draft.usager)
    return render(request, "signature/identification.html", {**context, "may_use_code": bool(code)})


@get_writes("FranceConnect comes back by GET; the answer is consumed once.")
@require_GET
@aidant_required
def franceconnect_return(request: ActeurRequest) -> HttpResponse:
    """FranceConnect answers: the identity is kept on the draft, and FranceConnect's session closed at once."""
    try:
        logout_url = actions.receive_identity(
            acteur=request.acteur,
            params=request.GET.dict(),
            binding=str(request.session.get(SESSION_BINDING, "")),
            redirect_uri=_absolute("signature:franceconnect_return"),
            at=clock.now(),
        )
    except Refusal as refusal:
        return _not_identified(request, refusal)
    return redirect(logout_url)


def _not_identified(request: ActeurRequest, refusal: Refusal) -> HttpResponse:
    """Down or refused: the draft is kept, and the road of paper is named."""
    context = {"refusal": refusal.message}
    return render(request, "signature/refused.html", context, status=refusal.status)


@get_writes("FranceConnect comes back from its logout by GET.")
@require_GET
@aidant_required
def franceconnect_logged_out(request: ActeurRequest) -> HttpResponse:
    """Back from FranceConnect's logout: on with the draft."""
    binding = str(request.session.get(SESSION_BINDING, ""))
    try:
        draft_id = finish_logout(
            params=request.GET.dict(), binding=binding, purpose=PURPOSE, at=clock.now()
        )
    except Refusal:
        # The logout may have come back twice, or not at all: the drafts are where they were.
        return redirect("signature:start")
    return redirect("signature:draft", draft_id)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def identity(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """The identity received, for the person to confirm (identity.md, decision 5)."""
    at = clock.now()
    draft = queries.draft_of(request.acteur, draft_id, at=at)
    if draft.mandat is not None or queries.step_of(draft, at=at) is not Step.IDENTITY:
        return redirect("signature:draft", draft_id)
    if request.method == "POST" and "refuser" in request.POST:
        actions.reject_identity(acteur=request.acteur, draft=draft, at=at)
        messages.warning(
            request, _("Cette identité est oubliée. La personne peut s’identifier à nouveau.")
        )
        return redirect("signature:draft", draft_id)
    if request.method == "POST":
        return onward(actions.confirm_identity(acteur=request.acteur, draft=draft, at=at), at)
    received = queries.answers_of(draft).identity
    # Said before the signature: the person may prefer another way (FI-12).
    warning = release_warning(rung=Rung.FRANCECONNECT, email=received["email"])
    context = draft_context(draft, Step.IDENTITY, at)
    context |= {"rows": identity_rows(received), "warning": warning}
    return render(request, "signature/identity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def renewal_code(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Renew with the person's agreement by a code on their own channel; `envoyer` sends it."""
    at = clock.now()
    draft = queries.draft_of(request.acteur, draft_id, at=at)
    by_hand = queries.answers_of(draft).road == Road.PAPER
    if by_hand or draft.renews is None or queries.step_of(draft, at=at) is not Step.IDENTIFICATION:
        return redirect("signature:draft", draft_id)
    if request.method == "POST" and "envoyer" in request.POST:
        try:
            actions.send_renewal_code(acteur=request.acteur, draft=draft, at=at)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Le code est parti. La personne vous le lit."))
        return redirect("signature:draft_code", draft_id)
    form = CodeForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            actions.receive_renewal_code(
                acteur=request.acteur, draft=draft, code=form.cleaned_data["code"], at=at
            )
        except Refusal as refusal:
            form.add_error("code", refusal.message)
        else:
            return redirect("signature:draft", draft_id)
    context = draft_context(draft, Step.IDENTIFICATION, at)
    return render_form(request, "signature/code.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@aidant_required
def recap(request: ActeurRequest, draft_id: UUID) -> HttpResponse:
    """Everything the mandat says, what it replaces; the gesture signs."""
    at = clock.now()
    draft = queries.draft_of(request.acteur, draft_id, at=at)
    if draft.mandat is not None or queries.step_of(draft, at=at) is not Step.RECAP:
        return redirect("signature:draft", draft_id)
    form = SignForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            mandat = actions.sign_mandat(
                acteur=request.acteur,
                draft=draft,
                shown=_mark(request),
                response=form.gesture_response,
                at=at,
            )
        except actions.RecapChanged as changed:
            messages.warning(request, changed.message)
            return redirect("signature:draft", draft_id)
        except GestureRefused as refusal:
            form.refuse_gesture(refusal)
        else:
            return redirect("mandats:signed", mandat.public_id)
    context = draft_context(draft, Step.RECAP, at) | recap_context(draft, at)
    return render_form(request, "signature/recap.html", context, form)


def _mark(request: ActeurRequest) -> str:
    """The mark of the recap that the page showed; nothing of another shape."""
    mark = str(request.POST.get("recap", ""))
    return mark if mark.isascii() else ""
