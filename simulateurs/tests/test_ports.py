"""A port is chosen before its program listens: nobody else may take it in between."""

import socket

import pytest

from simulateurs.installation import hold_port, number_of
from simulateurs.web import Request, Response, start

pytestmark = pytest.mark.loopback


def hello(_request: Request) -> Response:
    return Response(b"")


class TestAHeldPort:
    def test_is_given_to_no_one_who_asks_for_any(self) -> None:
        with hold_port() as held:
            others = [hold_port() for _ in range(200)]
            numbers = {number_of(other) for other in others}
            for other in others:
                other.close()

            assert len(numbers) == 200
            assert number_of(held) not in numbers

    def test_refuses_who_does_not_ask_to_reuse_it(self) -> None:
        with (
            hold_port() as held,
            socket.socket() as stranger,
            pytest.raises(OSError, match="in use"),
        ):
            stranger.bind(("127.0.0.1", number_of(held)))

    def test_serves_the_server_that_was_meant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TANDEM_MODE", "test")
        with hold_port() as held, start(hello, port=number_of(held)) as running:
            assert running.port == number_of(held)

    def test_is_not_held_where_somebody_listens(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()

            with pytest.raises(OSError, match="in use"):
                hold_port(number_of(listener))
