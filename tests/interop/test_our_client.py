"""Our client, before npm oidc-provider configured as FranceConnect: the engine FranceConnect itself runs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings
from django.core.cache import cache

from simulateurs.browser import Browser
from tandem.oidc_client.actions import (
    Completed,
    begin_identification,
    complete_identification,
    finish_logout,
)
from tandem.oidc_client.rules import IdentificationRefused, PivotIdentity, Reason
from tests.interop.peers import READY, Peer

pytestmark = [
    pytest.mark.interop,
    pytest.mark.django_db,
    pytest.mark.skipif(not READY, reason="npm ci in tests/interop first"),
]

RETURN_URI = "https://tandem.example/mandats/franceconnect/retour/"
AFTER_LOGOUT_URI = "https://tandem.example/mandats/franceconnect/deconnecte/"
BINDING = "the-secret-of-this-browser"
CLIENT_ID, CLIENT_SECRET = "tandem-interop", "secret-of-interop-secret-of-interop-0123"
ROSE = {
    "given_name": "Rose Marie",
    "given_name_array": ["Rose", "Marie"],
    "family_name": "MARTIN",
    "birthdate": "1955-03-12",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
    "preferred_username": "DUVAL",
    "email": "rose@example.org",
}


class Journey:
    """One browser between our client and the peer."""

    def __init__(self, origin: str, sub: str) -> None:
        self.origin = origin
        self.sub = sub
        self.reference: UUID = uuid4()
        self.http = httpx.Client(follow_redirects=False, trust_env=False)

    def order(self, **order: Any) -> None:
        self.http.post(f"{self.origin}/control", json=order).raise_for_status()

    def leave(self) -> str:
        return begin_identification(
            purpose="mandat",
            reference=self.reference,
            binding=BINDING,
            redirect_uri=RETURN_URI,
            post_logout_uri=AFTER_LOGOUT_URI,
            at=datetime.now(UTC),
        )

    def follow(self, url: str) -> dict[str, str]:
        """Where the peer sends the browser: the parameters of the first address that is ours."""
        for _ in range(10):
            answer = self.http.get(url)
            assert answer.is_redirect, answer.text
            url = urljoin(url, answer.headers["location"])
            if url.startswith("https://tandem.example/"):
                return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        raise AssertionError("the peer never came back")

    def come_back(self, params: dict[str, str], binding: str = BINDING) -> Completed:
        return complete_identification(
            params=params,
            binding=binding,
            purpose="mandat",
            redirect_uri=RETURN_URI,
            at=datetime.now(UTC),
        )

    def whole(self) -> Completed:
        return self.come_back(self.follow(self.leave()))


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Journey]:
    cache.clear()
    peer_settings = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": RETURN_URI,
        "post_logout_uri": AFTER_LOGOUT_URI,
        "account": ROSE,
    }
    with Peer("franceconnect_provider.mjs", json.dumps(peer_settings)) as peer:
        said = peer.read()
        own = {
            "issuer": said["issuer"],
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            # The engine serves it at the root; FranceConnect's own stands under the issuer.
            "discovery_url": f"{said['origin']}/.well-known/openid-configuration",
        }
        monkeypatch.setattr(settings, "TANDEM_FRANCECONNECT", own)
        journey = Journey(said["origin"], said["sub"])
        yield journey
        journey.http.close()


class TestOurClient:
    def test_identifies_at_franceconnects_engine(self, journey: Journey) -> None:
        """FS-01, FS-02, FS-04, FS-05, FS-07: our request is accepted, both signed answers verified."""
        completed = journey.whole()

        assert completed.reference == journey.reference
        assert (completed.identity.sub, completed.identity.acr) == (journey.sub, "eidas1")
        assert completed.identity.identity == PivotIdentity(
            given_names="Rose Marie",
            family_name="MARTIN",
            birthdate="1955-03-12",
            gender="female",
            birthplace="75107",
            birthcountry="99100",
            preferred_name="DUVAL",
            email="rose@example.org",
        )

    @pytest.mark.parametrize(
        "extra", ["code_challenge=x&code_challenge_method=S256", "max_age=0", "login_hint=a"]
    )
    def test_would_be_refused_with_one_parameter_more(self, journey: Journey, extra: str) -> None:
        """FS-01, decision 4: the control of the test above."""
        answer = journey.http.get(f"{journey.leave()}&{extra}")

        assert (answer.status_code, answer.text) == (400, "Y030007")

    @pytest.mark.parametrize(
        ("account", "kept"),
        [
            ({"birthdate": "1946-01-01"}, {"birthdate": "1946-01-01"}),
            ({"birthdate": "1946-00-00"}, {"birthdate": "1946-00-00"}),
            (
                {"birthplace": "", "birthcountry": "99352"},
                {"birthplace": "", "birthcountry": "99352"},
            ),
            ({"gender": "unspecified"}, {"gender": "unspecified"}),
            ({"email": None, "preferred_username": None}, {"email": "", "preferred_name": ""}),
        ],
    )
    def test_accepts_every_identity_of_the_register(
        self, journey: Journey, account: dict[str, Any], kept: dict[str, str]
    ) -> None:
        """FS-08."""
        given = {name: value for name, value in {**ROSE, **account}.items() if value is not None}
        journey.order(account=given)

        identity = journey.whole().identity.identity

        assert {name: getattr(identity, name) for name in kept} == kept

    def test_reloads_the_keys_when_the_peer_changes_them(self, journey: Journey) -> None:
        """FS-06: a second journey after a rotation succeeds, without a restart."""
        journey.whole()
        journey.order(rotate=True)
        journey.http.cookies.clear()

        assert journey.whole().identity.sub == journey.sub

    def test_hears_that_the_person_gave_up(self, journey: Journey) -> None:
        """FS-09: error and state come back together."""
        journey.order(cancelled=True)
        params = journey.follow(journey.leave())

        assert params["error"] == "access_denied"
        with pytest.raises(IdentificationRefused) as refused:
            journey.come_back(params)
        assert refused.value.reason == Reason.CANCELLED

    def test_uses_a_return_once_and_in_its_browser(self, journey: Journey) -> None:
        """FS-09, S-04."""
        params = journey.follow(journey.leave())

        with pytest.raises(IdentificationRefused) as other:
            journey.come_back(params, binding="another-browser")
        journey.come_back(params)
        with pytest.raises(IdentificationRefused) as again:
            journey.come_back(params)

        assert (other.value.reason, again.value.reason) == (
            Reason.OTHER_BROWSER,
            Reason.RETURN_REPLAYED,
        )

    def test_is_told_that_a_code_served_already(self, journey: Journey) -> None:
        """FS-03: the peer refuses a code of another attempt, and we say so with its reason."""
        used = journey.follow(journey.leave())
        journey.come_back(used)
        fresh = journey.follow(journey.leave())

        with pytest.raises(IdentificationRefused) as refused:
            journey.come_back({**fresh, "code": used["code"]})

        assert refused.value.reason == Reason.CODE_REFUSED

    def test_logs_out_and_comes_back(self, journey: Journey) -> None:
        """FS-10, decision 5: the peer takes our hint, closes its session and gives our state back."""
        completed = journey.whole()
        browser = Browser()
        browser.go(completed.identity.logout_url)
        form = browser.page.forms[0]
        answer = httpx.post(
            urljoin(browser.page.url, form.action),
            data={**{name: values[0] for name, values in form.fields.items()}, "logout": "yes"},
            cookies=browser._client.cookies,
        )
        browser.close()
        target = answer.headers["location"]

        assert target.startswith(AFTER_LOGOUT_URI)
        params = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        reference = finish_logout(
            params=params, binding=BINDING, purpose="mandat", at=datetime.now(UTC)
        )
        assert reference == journey.reference
