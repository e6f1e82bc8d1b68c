"""Between allauth's entrance and our sessions: the stage of the second factor, the session's limits."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from tandem.comptes import queries
from tandem.comptes.actions import Visitor, open_session, rename_session
from tandem.comptes.models import Compte
from tandem.comptes.rules import ABSOLUTE_LIMIT, IDLE_LIMIT, TOUCH_EVERY, GestureMethod
from tandem.kernel import clock

SESSION_KEY = "comptes"
_NEW_DEVICE = "comptes_device_token"


class SecondFactorStage(LoginStage):  # type: ignore[misc]  # allauth has no types
    """After the password: whatever the compte holds must be shown. A device is never trusted instead."""

    key = "second_factor"
    urlname = "comptes:second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """A page to show and the login to keep, or nothing when there is no factor yet."""
        if queries.has_factor(self.login.user):
            return redirect(self.urlname), True
        return None, True


@dataclass(frozen=True)
class SessionTimes:
    """A session of a compte, as it keeps itself: `id` never changes, its key does."""

    id: UUID
    started_at: datetime
    seen_at: datetime

    def over(self, at: datetime) -> str:
        """`idle`, `absolute`, or nothing while it lives (S-13)."""
        if at - self.started_at >= ABSOLUTE_LIMIT:
            return "absolute"
        # A clock set back must not lengthen a session.
        return "idle" if at - self.seen_at >= IDLE_LIMIT or at < self.started_at else ""

    def to_touch(self, at: datetime) -> bool:
        """Is the last trace more than a minute old?"""
        return at - self.seen_at >= TOUCH_EVERY


def visitor_of(request: HttpRequest) -> Visitor:
    """Where a request comes from, as far as the trusted proxies say."""
    return Visitor(
        address=truncate_ip(get_adapter().get_client_ip(request)),
        device_token=request.COOKIES.get(settings.TANDEM_DEVICE_COOKIE_NAME, ""),
        user_agent=request.headers.get("User-Agent", "")[:500],
    )


def safe_next(request: HttpRequest, url: str) -> str:
    """`url` when it is a path of ours, else nothing."""
    ok = url.startswith("/") and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if ok else ""


def page_before(request: HttpRequest) -> str:
    """The path of the page the browser comes from, when it is a path of ours, else nothing."""
    try:
        path = urlsplit(request.headers.get("Referer", "")).path
    except ValueError:
        # « https://[ » is no address at all.
        return ""
    return safe_next(request, path)


def begin_login(
    request: HttpRequest, compte: Compte, *, method: str, next_url: str
) -> HttpResponse:
    """The password, or a passkey alone, was right: on to the second factor, or in."""
    clear_login(request)
    # A passkey and its PIN are two factors already: the stage has nothing more to ask.
    done = {SecondFactorStage.key: {"handled": True}} if method == GestureMethod.PASSKEY else {}
    login = Login(
        user=compte,
        redirect_url=next_url or None,
        signal_kwargs={"method": method},
        state={"stages": done},
    )
    response: HttpResponse = perform_login(request, login)
    return response


def pending_stage(request: HttpRequest) -> Any:
    """The stage of someone whose password was right a moment ago, else None."""
    return LoginStageController.enter(request, SecondFactorStage.key)


def finish_login(stage: Any, *, method: str) -> HttpResponse:
    """The second factor was right."""
    stage.login.signal_kwargs = {"method": f"password.{method}"}
    response: HttpResponse = stage.exit()
    return response


def enter(
    request: HttpRequest,
    compte: Compte,
    *,
    redirect_url: str | None,
    signal_kwargs: dict[str, Any] | None,
    **_unused: Any,
) -> HttpResponse:
    """Django has opened its session under a new key: give it its name, its limits, its device."""
    at = clock.now()
    begin_session(request, compte, method=(signal_kwargs or {}).get("method", "password"), at=at)
    return HttpResponseRedirect(redirect_url or settings.LOGIN_REDIRECT_URL)


def begin_session(request: HttpRequest, compte: Compte, *, method: str, at: datetime) -> None:
    """Note the session, and keep its times in itself: no query per request."""
    assert request.session.session_key is not None  # noqa: S101 - login has just cycled it
    opened = open_session(
        compte=compte,
        session_key=request.session.session_key,
        method=method,
        visitor=visitor_of(request),
        at=at,
    )
    write_times(request, SessionTimes(opened.session.public_id, at, at))
    setattr(request, _NEW_DEVICE, opened.device_token)


def write_times(request: HttpRequest, times: SessionTimes) -> None:
    """Keep the times in the session."""
    request.session[SESSION_KEY] = {
        "id": str(times.id),
        "started": times.started_at.timestamp(),
        "seen": times.seen_at.timestamp(),
    }


def touch(request: HttpRequest, times: SessionTimes, at: datetime) -> None:
    """The session was in use at `at`."""
    write_times(request, replace(times, seen_at=at))


def follow_key(request: HttpRequest) -> None:
    """The session's key has just changed: its name follows."""
    times = times_of(request)
    if times is not None:
        rename_session(session_id=times.id, session_key=request.session.session_key or "")


def times_of(request: HttpRequest) -> SessionTimes | None:
    """The times of the session; None when it was not opened by our entrance."""
    kept = request.session.get(SESSION_KEY)
    if not isinstance(kept, dict):
        return None
    return SessionTimes(
        id=UUID(kept["id"]),
        started_at=datetime.fromtimestamp(kept["started"], UTC),
        seen_at=datetime.fromtimestamp(kept["seen"], UTC),
    )


def session_id(request: HttpRequest) -> UUID | None:
    """The lasting name of the session: what an act can be bound to (S-03); its key changes."""
    times = times_of(request)
    return times.id if times else None


def keep_device(request: HttpRequest, response: HttpResponse) -> None:
    """Leave in the browser the token that names it, if a session has just begun."""
    token = getattr(request, _NEW_DEVICE, "")
    if token:
        response.set_cookie(
            settings.TANDEM_DEVICE_COOKIE_NAME,
            token,
            max_age=395 * 24 * 3600,
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def forget_session(request: HttpRequest) -> None:
    """Nobody is logged in any more, from this very request on."""
    request.session.flush()
    request.user = AnonymousUser()


def ask_again(request: HttpRequest, *, reason: str) -> HttpResponse:
    """To the entrance, and back to where one was; drafts wait on the server."""
    login_url = reverse("comptes:login")
    is_page = request.method == "GET" and request.path != login_url
    back = request.get_full_path() if is_page else page_before(request)
    query = {"fin": reason, **({"next": back} if back and back != "/" else {})}
    url = f"{login_url}?{urlencode(query)}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return redirect(url)
