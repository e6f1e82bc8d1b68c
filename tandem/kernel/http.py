"""The only way out: an HTTP client with time-outs, an allowlist and no way into the inside (S-27).

The name is resolved here and the connection made to the address that was checked, so a name
that changes its answer between the check and the connection gains nothing.
"""

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import httpx
from django.conf import settings

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
# A server that sends a byte now and then never reaches the read time-out.
TOTAL_SECONDS = 8.0
MAX_BODY = 1_000_000

Reason = Literal[
    "address",
    "scheme",
    "host",
    "dns",
    "inside",
    "timeout",
    "network",
    "redirect",
    "status",
    "size",
    "content",
]
_LAST_PORT = 65_535
# All that the Internet uses of IPv6: nothing site-local, nothing that wraps an IPv4 address.
_UNICAST = ipaddress.ip_network("2000::/3")


class OutboundError(Exception):
    """A request did not give a usable answer; `reason` says why, never the address asked."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"outbound request failed: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a server answered; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; OutboundError("content") when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise OutboundError("content") from error


class HttpClient:
    """Speaks to named hosts only: https, no redirect, no proxy of the environment, 1 MB at most."""

    def __init__(self, *, hosts: Collection[str]) -> None:
        self.hosts = frozenset(host.lower() for host in hosts)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch. Raises OutboundError; any status but a redirect is the caller's to judge."""
        return self._send("GET", url, headers=headers)

    def get_json(self, url: str, *, headers: Mapping[str, str] | None = None) -> Any:
        """Fetch JSON. Raises OutboundError, also when the status is not 200."""
        answer = self.get(url, headers={"Accept": "application/json", **(headers or {})})
        if answer.status != httpx.codes.OK:
            raise OutboundError("status")
        return answer.json()

    def post_form(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Post a form. Raises OutboundError."""
        return self._send("POST", url, headers=headers, form=form)

    def _send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        parsed, address = self._checked(url)
        sent = {"Accept-Encoding": "identity", **(headers or {}), "Host": parsed.netloc.decode()}
        with httpx.Client(
            verify=_tls(),
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        ) as client:
            request = client.build_request(
                method,
                parsed.copy_with(host=address),
                headers=sent,
                data=form,
                # The certificate is checked against the name, not against the address.
                extensions={"sni_hostname": parsed.host},
            )
            try:
                return _received(client, request)
            except httpx.TimeoutException as error:
                raise OutboundError("timeout") from error
            except httpx.HTTPError as error:
                raise OutboundError("network") from error

    def _checked(self, url: str) -> tuple[httpx.URL, str]:
        """The parsed URL and the address to speak to."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise OutboundError("address") from error
        port = parsed.port or {"http": 80, "https": 443}.get(parsed.scheme, 0)
        if not 0 < port <= _LAST_PORT or parsed.userinfo:
            raise OutboundError("address")
        if parsed.host.lower() not in self.hosts:
            raise OutboundError("host")
        addresses = _resolve(parsed.host, port)
        if settings.TANDEM_ALLOW_LOOPBACK and all(ip.is_loopback for ip in addresses):
            return parsed, str(addresses[0])
        if not all(map(_is_outside, addresses)):
            raise OutboundError("inside")
        if parsed.scheme != "https":
            raise OutboundError("scheme")
        return parsed, str(addresses[0])


IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


# The system's resolver knows no time-out: it is waited for beside.
_RESOLVER = ThreadPoolExecutor(4, thread_name_prefix="resolver")


def _resolve(host: str, port: int) -> list[IpAddress]:
    asked = _RESOLVER.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = asked.result(timeout=CONNECT_SECONDS)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise OutboundError("dns") from error
    return [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]


def _is_outside(ip: IpAddress) -> bool:
    """Is it an address of the public Internet, whatever it is wrapped in?"""
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _UNICAST or ip.sixtofour is not None):
        return False
    return ip.is_global and not ip.is_multicast


def _received(client: httpx.Client, request: httpx.Request) -> Answer:
    until = time.monotonic() + TOTAL_SECONDS
    response = client.send(request, stream=True)
    try:
        if response.is_redirect or response.has_redirect_location:
            raise OutboundError("redirect")
        if response.headers.get("content-encoding", "identity") != "identity":
            # A small compressed answer may hide a huge one.
            raise OutboundError("content")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MAX_BODY:
                raise OutboundError("size")
            if time.monotonic() > until:
                raise OutboundError("timeout")
        return Answer(response.status_code, dict(response.headers), bytes(body))
    finally:
        response.close()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
