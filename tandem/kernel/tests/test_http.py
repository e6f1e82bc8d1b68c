import socket
import time
from typing import Any

import pytest
from pytest_django import Settings

from tandem.kernel import http as module
from tandem.kernel.http import HttpClient, OutboundError
from tandem.kernel.tests.conftest import Resolve
from tandem.kernel.tests.peer import Server

pytestmark = pytest.mark.loopback


class TestHttpClient:
    def test_reads_json(self, peer: Server, http: HttpClient) -> None:
        assert http.get_json(peer.url("/json")) == {"ok": True}

    def test_speaks_to_the_name_it_was_given(self, peer: Server, http: HttpClient) -> None:
        http.get(peer.url("/json", host="localhost"), headers={"Authorization": "Bearer x"})

        [(_, _, headers, _)] = peer.received
        assert headers["Host"] == f"localhost:{peer.port}"
        assert headers["Authorization"] == "Bearer x"

    def test_posts_a_form_and_hands_back_the_refusal(self, peer: Server, http: HttpClient) -> None:
        answer = http.post_form(peer.url("/token"), {"code": "a b&c", "state": "é"})

        assert (answer.status, answer.json()) == (400, {"error": "invalid_grant"})
        assert peer.received[0][3] == b"code=a+b%26c&state=%C3%A9"

    def test_accepts_a_body_of_exactly_the_limit(self, peer: Server, http: HttpClient) -> None:
        assert len(http.get(peer.url("/full")).body) == 1_000_000

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("/redirect", "redirect"),
            ("/huge", "size"),
            ("/endless", "size"),
            ("/bomb", "content"),
            ("/nonsense", "network"),
        ],
    )
    def test_refuses_a_bad_answer(
        self, peer: Server, http: HttpClient, path: str, reason: str
    ) -> None:
        with pytest.raises(OutboundError) as caught:
            http.get(peer.url(path))

        assert caught.value.reason == reason
        assert len(peer.received) == 1

    @pytest.mark.parametrize(
        ("path", "reason"), [("/text", "content"), ("/deep", "content"), ("/missing", "status")]
    )
    def test_refuses_what_is_not_the_json_asked(
        self, peer: Server, http: HttpClient, path: str, reason: str
    ) -> None:
        with pytest.raises(OutboundError) as caught:
            http.get_json(peer.url(path))

        assert caught.value.reason == reason

    def test_does_not_wait_for_a_silent_server(
        self, peer: Server, http: HttpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R-17: a slow peer costs at most the read time-out."""
        monkeypatch.setattr(module, "READ_SECONDS", 0.1)

        with pytest.raises(OutboundError) as caught:
            http.get(peer.url("/slow"))

        assert caught.value.reason == "timeout"

    def test_does_not_wait_for_a_server_that_drips(
        self, peer: Server, http: HttpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R-17: bytes that come one by one do not keep the connection open."""
        monkeypatch.setattr(module, "TOTAL_SECONDS", 0.2)
        start = time.monotonic()

        with pytest.raises(OutboundError) as caught:
            http.get(peer.url("/drip"))

        assert caught.value.reason == "timeout"
        assert time.monotonic() - start < 2

    def test_says_that_nobody_listens(self, peer: Server, http: HttpClient) -> None:
        peer.stop()

        with pytest.raises(OutboundError) as caught:
            http.get(peer.url("/json"))

        assert caught.value.reason == "network"

    def test_asks_nobody_else_whatever_the_environment_says(
        self, peer: Server, http: HttpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

        assert http.get(peer.url("/json")).status == 200

    def test_never_repeats_the_address_in_its_error(self, http: HttpClient) -> None:
        """S-44: an address may hold a code or a token."""
        with pytest.raises(OutboundError) as caught:
            http.get("https://elsewhere.example/?code=SECRET")

        assert "SECRET" not in str(caught.value)


INSIDE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - a payload
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
    "::10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "fec0::1",
    "2002:a00:1::1",
    "2001:0:53aa:64c:0:0:f5ff:fffe",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:db8::1",
    "93.184.216.34 10.0.0.1",
    "10.0.0.1 93.184.216.34",
]
REFUSED_URLS = [
    ("https://elsewhere.example/", "host"),
    ("https://peer.example.evil.example/", "host"),
    ("https://evil.example#peer.example", "host"),
    ("https://evil.example?peer.example", "host"),
    ("https://evil.example\\@peer.example/", "address"),
    ("https://peer.example@evil.example/", "address"),
    ("https://user:pass@peer.example/", "address"),
    ("http://peer.example/", "scheme"),
    ("ftp://peer.example/", "address"),
    ("file:///etc/passwd", "address"),
    ("gopher://peer.example/", "address"),
    ("//peer.example/", "address"),
    ("peer.example", "address"),
    ("", "address"),
    ("https://", "host"),
    ("https://[::1", "address"),
    ("https://peer.example:99999/", "address"),
    ("https://2130706433/", "host"),
    ("https://0x7f.1/", "host"),
    ("https://peer.exаmple/", "host"),
]


class TestOutsideOnly:
    """S-27: allowlist, no redirect, nothing inside after the name is resolved."""

    @pytest.mark.parametrize("addresses", INSIDE)
    def test_a_name_that_leads_inside_is_refused(
        self,
        addresses: str,
        resolve: Resolve,
        connections: list[object],
        settings: Settings,
    ) -> None:
        """S-27."""
        settings.TANDEM_ALLOW_LOOPBACK = False
        resolve(addresses)

        with pytest.raises(OutboundError) as caught:
            HttpClient(hosts={"peer.example"}).get("https://peer.example/")

        assert caught.value.reason == "inside"
        assert connections == []

    @pytest.mark.parametrize(("url", "reason"), REFUSED_URLS)
    def test_a_hostile_address_is_refused(
        self, url: str, reason: str, resolve: Resolve, connections: list[object]
    ) -> None:
        """S-27."""
        resolve("93.184.216.34")

        with pytest.raises(OutboundError) as caught:
            HttpClient(hosts={"peer.example"}).get(url)

        assert caught.value.reason == reason
        assert connections == []

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
    def test_the_address_that_was_checked_is_the_one_called(
        self, address: str, resolve: Resolve, connections: list[object]
    ) -> None:
        """S-27: a second answer of the name server changes nothing."""
        resolve(address)

        with pytest.raises(OutboundError):
            HttpClient(hosts={"Peer.Example"}).get("https://peer.example/")

        assert connections == [(address, 443)]

    def test_loopback_is_refused_where_the_settings_do_not_allow_it(
        self, peer: Server, http: HttpClient, settings: Settings
    ) -> None:
        """S-27."""
        settings.TANDEM_ALLOW_LOOPBACK = False

        with pytest.raises(OutboundError) as caught:
            http.get(peer.url("/json"))

        assert caught.value.reason == "inside"
        assert peer.received == []

    def test_allowing_the_loopback_opens_nothing_else(
        self, resolve: Resolve, connections: list[object]
    ) -> None:
        resolve("127.0.0.1 10.0.0.1")

        with pytest.raises(OutboundError):
            HttpClient(hosts={"peer.example"}).get("http://peer.example/")

        assert connections == []

    def test_a_name_that_does_not_exist_is_said(
        self, http: HttpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unknown(*args: Any, **kwargs: Any) -> None:
            raise socket.gaierror

        monkeypatch.setattr("socket.getaddrinfo", unknown)

        with pytest.raises(OutboundError) as caught:
            http.get("https://localhost/")

        assert caught.value.reason == "dns"

    def test_a_name_server_that_does_not_answer_is_not_waited_for(
        self, http: HttpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R-17."""
        monkeypatch.setattr(module, "CONNECT_SECONDS", 0.05)
        monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: time.sleep(0.3))

        with pytest.raises(OutboundError) as caught:
            http.get("https://localhost/")

        assert caught.value.reason == "dns"
