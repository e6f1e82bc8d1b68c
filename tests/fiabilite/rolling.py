"""R-26 and R-27: two servers started again one after the other, keys renewed, while people work."""

import base64
import os
import signal
import time
from collections.abc import Callable

import httpx

from simulateurs.acts import Connecting, Connection
from simulateurs.installation import hold_port, number_of
from simulateurs.story import Professional
from tests.fiabilite.balancer import Balancer
from tests.fiabilite.clients import Crowd
from tests.fiabilite.ground import PEOPLE, Ground, Process, ground, wait_until_up
from tests.fiabilite.report import Outcome, size_of

# Ten gestures a minute each (S-16), and a flow has one.
PAUSE = 7
# What was replaced has come to the end of its publication.
WEEKS_LATER = (
    "UPDATE oidc_provider_signingkey SET signs_from = '2020-01-01 00:00:00',"
    " signs_until = '2020-01-02 00:00:00', published_until = '2020-01-02 00:00:00'"
    " WHERE signs_until IS NOT NULL"
)


class Pair:
    """Two `tandem serve` behind one address."""

    def __init__(self, place: Ground) -> None:
        self.place = place
        self._held = [hold_port(), hold_port()]
        self.servers: dict[int, Process] = {}
        # The address of the site is the balancer's.
        port = place.installation.state["ports"]["tandem"]
        place.installation._held[0].close()
        self.balancer = Balancer(port)
        for held in self._held:
            self.start(number_of(held))
        self.restarts = 0

    def start(self, port: int) -> None:
        """One of the two, until it answers."""
        self.servers[port] = self.place.spawn(["serve", "--port", str(port)])
        wait_until_up(port, self.servers[port])
        self.balancer.add(port)

    def roll(self, *, spared: bool = True) -> None:
        """Each one stopped gently and started again; spared: the balancer is told before."""
        for port in list(self.servers):
            if spared:
                self.balancer.spare(port)
            os.kill(self.servers[port].pid, signal.SIGTERM)
            self.servers[port].wait()
            if not spared:
                self.balancer.ports.remove(port)
            self.start(port)
            self.restarts += 1

    def close(self) -> None:
        """Nothing of it goes on."""
        self.balancer.close()
        for server in self.servers.values():
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()
        for held in self._held:
            held.close()


def flow(place: Ground, aidant: Professional) -> Callable[[], int]:
    """A whole identity for Rose: 200 when the administration has her name."""
    aidant.browser._client.headers["Connection"] = "close"

    def act() -> int:
        act = Connecting(
            aidant, Connection("martin", service="caf"), place.installation.url("administration")
        )
        act.run()
        time.sleep(PAUSE)
        return 200 if "MARTIN" in aidant.browser.page.text else 500

    return act


def page(url: str) -> Callable[[], int]:
    """One page, each time on a connection of its own."""
    client = httpx.Client(
        timeout=60,
        trust_env=False,
        verify=False,  # noqa: S501 - http only
        headers={"Connection": "close"},
    )
    return lambda: client.get(url).status_code


def r26(on: str) -> Outcome:
    """Servers started again one after the other during flows: no request fails when the balancer is told before."""
    outcome = Outcome("R-26", on)
    _seed, wanted = size_of(10_000)
    with ground(on) as place:
        pair = Pair(place)
        try:
            flows = [flow(place, place.person(name)) for name in PEOPLE[:2]]
            pages = [
                page(f"{place.site}{path}")
                for path in ("/oidc/jwks", "/oidc/jwks", "/comptes/connexion/", "/")
            ]
            with Crowd(flows) as identities, Crowd(pages) as visitors:
                while len(visitors.answers.rows) + len(identities.answers.rows) < wanted:
                    pair.roll()
            asked = visitors.answers.statuses()
            released = identities.answers.statuses()
            with Crowd(pages) as unwarned:
                pair.roll(spared=False)
            outcome.figures |= {
                "requests": sum(asked.values()), "their statuses": dict(asked),
                "identities, each some fifteen requests": dict(released),
                "servers started again": pair.restarts,
                "longest (s)": round(visitors.answers.longest(), 2),
                "the balancer not told (control)": dict(unwarned.answers.statuses()),
            }  # fmt: skip
        finally:
            pair.close()
        outcome.failures += place.violations()[:20]
    outcome.expect(set(asked) == {200}, "a request failed")
    outcome.expect(set(released) == {200}, "an identity failed")
    return outcome


def r27(on: str) -> Outcome:
    """Signing keys and encryption keys renewed during flows: no error; what is withdrawn is not published any more."""
    outcome = Outcome("R-27", on)
    _seed, turns = size_of(3)
    with ground(on) as place:
        pair = Pair(place)
        try:
            flows = [flow(place, place.person(name)) for name in PEOPLE]
            with Crowd(flows) as identities:
                time.sleep(5)
                first = kids(place)
                for _turn in range(turns):
                    place.installation.run("keys", "rotate")
                    time.sleep(PAUSE)
                between = kids(place)
                said = renew_encryption(place, pair)
                time.sleep(2 * PAUSE)
            place.execute(WEEKS_LATER)
            after = kids(place)
            found = identities.answers.statuses()
            outcome.figures |= {
                "identities": dict(found), "errors": identities.answers.errors[:3], "signing keys renewed": turns,
                "published before, during, after their end": f"{len(first)}, {len(between)}, {len(after)}",
                "encryption": said,
            }  # fmt: skip
        finally:
            pair.close()
        outcome.failures += place.violations()[:20]
    outcome.expect(set(found) == {200} and found[200] >= 4 * turns, f"an identity failed: {found}")
    outcome.expect(between > first and not after & first, "a key is not published, or still is")
    return outcome


def renew_encryption(place: Ground, pair: Pair) -> str:
    """Another key encrypts, everything is encrypted again, the former key goes; what the command said."""
    secrets = place.installation.state["secrets"]
    old = secrets["TANDEM_ENCRYPTION_KEYS"]
    new = "demo-k2:" + base64.b64encode(os.urandom(32)).decode()
    # Known by both servers before any of them writes with it: the one would not read the other.
    for keys in (f"{old},{new}", f"{new},{old}"):
        secrets["TANDEM_ENCRYPTION_KEYS"] = keys
        pair.roll()
    said = place.installation.run("encryption", "rotate").strip().splitlines()
    secrets["TANDEM_ENCRYPTION_KEYS"] = new
    pair.roll()
    return said[-1]


def kids(place: Ground) -> set[str]:
    """The names of the keys published."""
    keys = httpx.get(f"{place.site}/oidc/jwks", trust_env=False).json()["keys"]
    return {key["kid"] for key in keys}
