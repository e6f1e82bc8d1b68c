"""Sessions end in time, change their key, and open nothing until two factors stand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from tandem.comptes import entry
from tandem.comptes.actions import drop_session, touch_session
from tandem.comptes.models import Compte
from tandem.kernel import clock

GetResponse = Callable[[HttpRequest], HttpResponse]
_ROTATE = "comptes_rotate"
_ENDED = "comptes_ended"


class SessionLimitsMiddleware:
    """Idle 15 minutes, absolute 10 hours (S-13); enrolment first (S-11); a new key after a gesture (S-14)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Compte):
            self._check(request, clock.now())
        was_in = request.user.is_authenticated
        if was_in:
            self._rotate(request)
        response = self.get_response(request)
        if was_in and request.user.is_authenticated and _has_gesture(request):
            # At the next page and not at once: a second click must find the session it knows.
            request.session[_ROTATE] = True
        entry.keep_device(request, response)
        return response

    @staticmethod
    def _check(request: HttpRequest, at: datetime) -> None:
        times = entry.times_of(request)
        reason = "unknown" if times is None else times.over(at)
        if not reason and times is not None and times.to_touch(at):
            if touch_session(session_id=times.id, at=at):
                entry.touch(request, times, at)
            else:
                reason = "killed"
        if reason:
            if times is not None:
                drop_session(session_id=times.id)
            entry.forget_session(request)
            setattr(request, _ENDED, reason)

    @staticmethod
    def _rotate(request: HttpRequest) -> None:
        is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        if request.method != "GET" or not is_page or not request.session.get(_ROTATE):
            return
        del request.session[_ROTATE]
        request.session.cycle_key()
        entry.follow_key(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_unused: Any
    ) -> HttpResponse | None:
        """Close the doors: on a session that has ended, and on a compte without two factors."""
        is_public = getattr(view, "access", "") == "public"
        ended = getattr(request, _ENDED, "")
        if ended and (not is_public or request.path == reverse("comptes:login")):
            return entry.ask_again(request, reason=ended)
        compte = request.user
        if is_public or not isinstance(compte, Compte) or getattr(view, "during_enrolment", False):
            return None
        if compte.enrolled_at is None:
            return redirect("comptes:enrol")
        if compte.recovery_codes_left == 0:
            return redirect("comptes:recovery_codes")
        return None


def _has_gesture(request: HttpRequest) -> bool:
    return request.method == "POST" and bool(
        request.POST.get("geste_code") or request.POST.get("geste_credential")
    )
