"""A death that falls inside one request: it is set off when the request leaves, after a chosen delay."""

import re
import threading
import time
from collections.abc import Callable

import httpx

from simulateurs.browser import Browser
from simulateurs.franceconnect import tandem_side
from simulateurs.web import caller as caller_of_web

# What the main job writes, by step: the request that carries each.
STEPS = {
    "sign": r"POST /mandats/brouillons/[0-9a-f-]{36}/signature/$",
    "stop": r"POST /mandats/[0-9a-f-]{36}/arreter/$",
    "authorize": r"(?:GET|POST) /oidc/authorize$",
    "choose": r"POST /oidc/connexion/[0-9a-f-]{36}/personne/choisir/$",
    "line": r"POST /oidc/connexion/[0-9a-f-]{36}/demarche/$",
    "confirm": r"POST /oidc/connexion/[0-9a-f-]{36}/confirmer/$",
    "token": r"POST /oidc/token$",
    "userinfo": r"GET /oidc/userinfo$",
}


def step_of(request: httpx.Request) -> str:
    """The step that a request carries, or an empty text."""
    words = f"{request.method} {request.url.path}"
    return next((step for step, pattern in STEPS.items() if re.fullmatch(pattern, words)), "")


class Trap:
    """Watches the requests of browsers and of FranceConnect, and kills inside the one it waits for.

    Attributes:
        span: how long each step took, unharmed, at most of its last times.
        cut: how many requests of each step were killed before any answer.
    """

    def __init__(self, kill: Callable[[], None]) -> None:
        self._kill = kill
        self._step = ""
        self._share = 0.0
        self._left: dict[httpx.Request, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._death: threading.Thread | None = None
        self._dead = threading.Event()
        self.span: dict[str, list[float]] = {}
        self.cut: dict[str, int] = {}
        # Answered just before the death: what was said must stand all the same.
        self.late: dict[str, int] = {}

    def watch(self, browser: Browser) -> None:
        """The requests of this browser count."""
        browser._client.event_hooks = self._hooks

    @property
    def _hooks(self) -> dict[str, list[Callable[..., None]]]:
        return {"request": [self._leaves], "response": [self._comes]}

    def watch_franceconnect(self) -> Callable[[], None]:
        """The requests of the stand-in of FranceConnect count too; what gives it back its own client."""
        real = caller_of_web

        def caller(timeout: float) -> httpx.Client:
            client = real(timeout)
            client.event_hooks = self._hooks
            return client

        vars(tandem_side)["caller"] = caller

        def give_back() -> None:
            vars(tandem_side)["caller"] = real

        return give_back

    def arm(self, step: str, share: float) -> None:
        """Kill in the next request of this step, after this share of its usual time."""
        self._dead.clear()
        self._death = None
        self._step, self._share = step, share

    def _leaves(self, request: httpx.Request) -> None:
        step = step_of(request)
        if not step:
            return
        with self._lock:
            self._left[request] = (step, time.perf_counter())
            if step != self._step:
                return
            self._step = ""
        usual = self.span.get(step) or [0.05]
        delay = self._share * sorted(usual)[len(usual) // 2]
        self._death = threading.Thread(target=self._die, args=(request, step, delay), daemon=True)
        self._death.start()

    def _die(self, request: httpx.Request, step: str, delay: float) -> None:
        time.sleep(delay)
        with self._lock:
            inside = request in self._left
        self._kill()
        counts = self.cut if inside else self.late
        counts[step] = counts.get(step, 0) + 1
        self._dead.set()

    def _comes(self, response: httpx.Response) -> None:
        with self._lock:
            step, since = self._left.pop(response.request, ("", 0.0))
        if step:
            self.span[step] = [*self.span.get(step, [])[-20:], time.perf_counter() - since]

    def sprung(self) -> bool:
        """Whether it killed; comes back when the death is done. Disarmed otherwise."""
        self._step = ""
        if self._death is None:
            return False
        self._death.join()
        self._left.clear()
        return True
