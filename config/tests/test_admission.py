"""More is asked than can be answered: some wait, the others come back, the stop passes (R-21)."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from config import admission
from config.admission import PAGE, WAITING, Admission, is_first
from tandem.mandats import urls as mandats_urls

STOP = f"/mandats/{uuid4()}/arreter/"


class Server:
    """An application that works on each request until it is let go, and those who ask it."""

    def __init__(self, *, threads: int = 2, patience: float = 30) -> None:
        self.go = Event()
        self.worked: list[str] = []
        self.admission = Admission(self._work, threads=threads, patience=patience)
        self.askers = ThreadPoolExecutor(100)

    def _work(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != STOP:
            self.go.wait(30)
        self.worked.append(environ["PATH_INFO"])
        start("200 OK", [])
        return [b"done"]

    def ask(self, path: str = "/accueil/") -> tuple[str, dict[str, str], bytes]:
        said: list[Any] = []
        body = b"".join(self.admission({"PATH_INFO": path}, lambda *words: said.append(words)))
        ((status, headers),) = said
        return status[:3], dict(headers), body

    def fill(self, count: int) -> list[Any]:
        """So many who ask at once, all inside or turned away when this returns."""
        asked = [self.askers.submit(self.ask) for _number in range(count)]
        door = self.admission.doors[False]
        full = min(count, door.places)
        for _moment in range(2_000):
            turned_away = sum(future.done() for future in asked)
            if door.inside == full and turned_away == count - full:
                return asked
            Event().wait(0.005)
        raise AssertionError(f"{door.inside} inside")


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.go.set()
    one.askers.shutdown()


class TestTooManyRequests:
    def test_are_answered_a_bounded_number_and_the_others_told_when_to_come_back(
        self, server: Server
    ) -> None:
        """R-21: sheds with 503 and Retry-After, and nothing was done for those turned away."""
        places = 2 * (1 + WAITING)
        asked = server.fill(places + 10)
        away = [future.result() for future in asked if future.done()]
        assert [status for status, _headers, _body in away] == ["503"] * 10
        assert {headers["Retry-After"] for _status, headers, _body in away} == {"5"}
        assert {body for _status, _headers, body in away} == {PAGE}
        assert server.worked == []
        server.go.set()
        answers = [future.result()[0] for future in asked]
        assert answers.count("200") == places == len(server.worked)

    def test_leave_a_way_to_stop_a_mandat(self, server: Server) -> None:
        """R-21: the revocation answers while nothing else does."""
        server.fill(2 * (1 + WAITING) + 5)
        assert server.ask()[0] == "503"
        assert server.ask(STOP)[0] == "200"
        assert server.worked == [STOP]

    def test_would_hold_the_stop_too_without_its_own_door(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The negative control of the test above."""
        monkeypatch.setattr(admission, "is_first", lambda _path: False)
        server.fill(2 * (1 + WAITING))
        assert server.ask(STOP)[0] == "503"

    def test_pass_as_soon_as_there_is_a_place_again(self, server: Server) -> None:
        """R-21: it recovers at once."""
        asked = server.fill(2 * (1 + WAITING))
        server.go.set()
        assert {future.result()[0] for future in asked} == {"200"}
        assert server.ask()[0] == "200"
        assert server.admission.doors[False].inside == 0

    def test_do_not_wait_for_ever_and_are_not_done_afterwards(self) -> None:
        one = Server(threads=1, patience=0.05)
        asked = [one.askers.submit(one.ask, path) for path in ("/a/", "/b/", "/c/")]
        waited = [future for future in asked if _is_done_soon(future)]
        assert [future.result()[0] for future in waited] == ["503", "503"]
        one.go.set()
        assert sorted(future.result()[0] for future in asked) == ["200", "503", "503"]
        assert len(one.worked) == 1
        assert one.admission.doors[False].inside == 0


def _is_done_soon(future: Any) -> bool:
    try:
        future.result(timeout=1)
    except TimeoutError:
        return False
    return True


class TestAMistakeOfTheApplication:
    def test_is_told_to_the_server(self) -> None:
        def broken(_environ: object, _start: object) -> Iterable[bytes]:
            raise LookupError("a defect")

        with pytest.raises(LookupError, match="a defect"):
            Admission(broken, threads=1)({"PATH_INFO": "/"}, lambda *_words: None)


class TestWhatPassesFirst:
    def test_is_every_way_to_stop(self) -> None:
        """Whatever stops a mandat in the table of addresses, and what watches the service."""
        stops = [
            f"/mandats/{route.pattern}"
            for route in mandats_urls.urlpatterns
            if str(route.pattern).endswith("arreter/")
        ]
        assert len(stops) == 4
        for pattern in stops:
            path = pattern
            for word in ("<uuid:autorisation_id>", "<uuid:usager_id>", "<uuid:mandat_id>"):
                path = path.replace(word, str(uuid4()))
            assert is_first(path), path
        assert is_first("/sante/")

    @pytest.mark.parametrize(
        "path", ["/", "/accueil/", "/mandats/", "/x/mandats/arreter/", "/mandats/arreter/x"]
    )
    def test_is_nothing_else(self, path: str) -> None:
        assert not is_first(path)
