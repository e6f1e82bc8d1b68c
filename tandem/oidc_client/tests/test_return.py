"""Coming back from FranceConnect: the right browser, once, in time, and what is handed on."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction

from tandem.oidc_client import actions
from tandem.oidc_client.models import Attempt
from tandem.oidc_client.rules import Completed, IdentificationRefused, PivotIdentity, Reason
from tandem.oidc_client.tests.conftest import AFTER_LOGOUT_URI, AT, BINDING, RETURN_URI, Journey
from tandem.oidc_client.tests.provider import CLIENT_ID, CLIENT_SECRET, SUB

pytestmark = pytest.mark.loopback


def refusal_of(journey: Journey, params: dict[str, str], **changes: Any) -> Reason:
    with pytest.raises(IdentificationRefused) as refused:
        journey.come_back(params, **changes)
    assert isinstance(refused.value, IdentificationRefused)
    return refused.value.reason


class TestReturn:
    def test_gives_the_identity_and_the_way_out(self, journey: Journey) -> None:
        """FS-04, FS-05, FS-10: client_secret_post, both answers verified, logout with the ID token as hint."""
        completed = journey.whole()

        assert completed.reference == journey.reference
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
        assert (completed.identity.sub, completed.identity.acr) == (SUB, "eidas1")
        [form] = journey.provider.forms
        assert form.pop("code")
        assert form == {
            "grant_type": "authorization_code",
            "redirect_uri": RETURN_URI,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        assert journey.provider.bearers == [f"Bearer {journey.provider.access_token}"]
        url = urlsplit(completed.identity.logout_url)
        query = parse_qs(url.query, strict_parsing=True)
        assert url.path == "/api/v2/session/end"
        assert query.keys() == {"id_token_hint", "post_logout_redirect_uri", "state"}
        assert query["post_logout_redirect_uri"] == [AFTER_LOGOUT_URI]

    def test_stores_no_token_and_no_identity(self, journey: Journey) -> None:
        """Nothing of a token outlives the return; the row keeps hashes, addresses and instants."""
        completed = journey.whole()

        [row] = Attempt.objects.values()
        kept = " ".join(str(value) for value in row.values())
        [id_token] = parse_qs(urlsplit(completed.identity.logout_url).query)["id_token_hint"]
        for secret in (id_token, journey.provider.access_token, SUB, "MARTIN", "1955-03-12"):
            assert secret not in kept
        assert (row["consumed_at"], row["refused_for"]) == (AT, "")

    def test_serves_once(self, journey: Journey) -> None:
        """FS-09: the same return a second time is refused, and FranceConnect is not asked again."""
        params = journey.provider.authorize(journey.leave())
        journey.come_back(params)
        calls = len(journey.provider.calls)

        assert refusal_of(journey, params) == Reason.RETURN_REPLAYED
        assert len(journey.provider.calls) == calls

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"binding": "another-browser"}, Reason.OTHER_BROWSER),
            ({"binding": ""}, Reason.OTHER_BROWSER),
            ({"purpose": "login"}, Reason.OTHER_PURPOSE),
            ({"redirect_uri": "https://tandem.example/elsewhere/"}, Reason.OTHER_ADDRESS),
            ({"at": AT + timedelta(minutes=10)}, Reason.RETURN_LATE),
        ],
    )
    def test_belongs_to_the_departure(
        self, journey: Journey, changes: dict[str, Any], reason: Reason
    ) -> None:
        """S-04, FS-09: another browser, act, address or time is refused, and spends nothing."""
        params = journey.provider.authorize(journey.leave())

        assert refusal_of(journey, params, **changes) == reason
        assert journey.come_back(params).reference == journey.reference

    @pytest.mark.parametrize(
        ("params", "reason"),
        [
            ({}, Reason.RETURN_MALFORMED),
            ({"code": "c"}, Reason.RETURN_MALFORMED),
            ({"code": "c", "state": ""}, Reason.RETURN_MALFORMED),
            ({"code": "c" * 2_001, "state": "s"}, Reason.RETURN_MALFORMED),
            ({"code": "c", "state": "never-sent"}, Reason.RETURN_UNKNOWN),
        ],
    )
    def test_names_a_departure_of_ours(
        self, journey: Journey, params: dict[str, str], reason: Reason
    ) -> None:
        assert refusal_of(journey, params) == reason

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            ({"error": "access_denied"}, Reason.CANCELLED),
            ({"error": "access_denied", "code": "c"}, Reason.CANCELLED),
            ({"error": "server_error", "error_description": "Y000001"}, Reason.PROVIDER_ERROR),
            ({"code": "c", "iss": "https://elsewhere.example"}, Reason.OTHER_PROVIDER),
            ({"code": ""}, Reason.RETURN_MALFORMED),
            ({}, Reason.RETURN_MALFORMED),
        ],
    )
    def test_tells_an_error_of_franceconnect_without_asking_it(
        self, journey: Journey, answer: dict[str, str], reason: Reason
    ) -> None:
        """FS-09: `error` and `state` come back together; the attempt is spent all the same."""
        state = journey.provider.authorize(journey.leave())["state"]

        assert refusal_of(journey, {**answer, "state": state}) == reason
        assert journey.provider.calls == ["/api/v2/.well-known/openid-configuration"]
        assert Attempt.objects.get().refused_for == reason

    def test_accepts_the_issuer_in_the_answer(self, journey: Journey) -> None:
        """RFC 9207: allowed, and compared."""
        params = journey.provider.authorize(journey.leave())

        assert journey.come_back({**params, "iss": journey.provider.issuer}).identity.sub == SUB

    @pytest.mark.django_db(transaction=True)
    def test_never_speaks_inside_a_transaction(self, journey: Journey) -> None:
        params = journey.provider.authorize(journey.leave())

        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            journey.come_back(params)

        assert "/api/v2/token" not in journey.provider.calls

    @pytest.mark.django_db(transaction=True)
    def test_serves_once_while_the_first_is_still_under_way(self, journey: Journey) -> None:
        """FS-09: consumed and committed before the network is spoken to, so a parallel return loses at once."""
        params = journey.provider.authorize(journey.leave())
        seen: list[Reason] = []

        def second_return() -> None:
            try:
                seen.append(refusal_of(journey, params))
            finally:
                connection.close()

        journey.provider.during["/api/v2/token"] = second_return

        assert journey.come_back(params).identity.sub == SUB
        assert seen == [Reason.RETURN_REPLAYED]
        assert Attempt.objects.get().refused_for == ""

    def test_serves_once_when_both_read_before_either_writes(self, journey: Journey) -> None:
        """The conditional UPDATE decides, not the reading before it."""
        params = journey.provider.authorize(journey.leave())
        given: dict[str, Any] = {
            "binding": BINDING,
            "purpose": "mandat",
            "redirect_uri": RETURN_URI,
            "at": AT,
        }
        first, second = (actions._attempt_of(params, **given) for _ in range(2))

        actions._consume(first, AT)
        with pytest.raises(IdentificationRefused) as refused:
            actions._consume(second, AT)

        assert refused.value.reason == Reason.RETURN_REPLAYED


class TestIdentity:
    @pytest.mark.parametrize(
        ("received", "kept"),
        [
            ({"birthdate": "1946-00-00"}, {"birthdate": "1946-00-00"}),
            ({"birthdate": "1946-05-00"}, {"birthdate": "1946-05-00"}),
            ({"birthdate": "1946-01-01", "idp_birthdate": "1946-00-00"}, {"birthdate": "1946-00-00"}),
            ({"birthdate": "1946-05-01", "idp_birthdate": "1946-05-00"}, {"birthdate": "1946-05-00"}),
            ({"birthdate": "1946-05-17", "idp_birthdate": "1946-05-17"}, {"birthdate": "1946-05-17"}),
            ({"birthdate": "1946-05-17", "idp_birthdate": ""}, {"birthdate": "1946-05-17"}),
            ({"birthdate": "1946-05-17", "idp_birthdate": None}, {"birthdate": "1946-05-17"}),
            ({"birthplace": "", "birthcountry": "99352"}, {"birthplace": "", "birthcountry": "99352"}),
            ({"birthplace": None, "birthcountry": "99352"}, {"birthplace": "", "birthcountry": "99352"}),
            ({"birthplace": ""}, {"birthplace": ""}),
            ({"birthplace": "2A004"}, {"birthplace": "2A004"}),
            ({"birthplace": "97411"}, {"birthplace": "97411"}),
            ({"gender": "unspecified"}, {"gender": "unspecified"}),
            ({"email": None}, {"email": ""}),
            ({"email": ""}, {"email": ""}),
            ({"preferred_username": ""}, {"preferred_name": ""}),
            ({"given_name": "Jean-Loup Zoé", "given_name_array": ["Jean-Loup"]}, {"given_names": "Jean-Loup Zoé"}),
            ({"family_name": "N’DIAYE DE LA TOUR"}, {"family_name": "N’DIAYE DE LA TOUR"}),
            ({"address": {"country": "France"}, "rnipp_gender": "female"}, {"gender": "female"}),
        ],
    )  # fmt: skip
    def test_is_accepted_in_every_form_of_the_register(
        self, journey: Journey, received: dict[str, Any], kept: dict[str, str]
    ) -> None:
        """FS-08: presumed dates, no birthplace, gender unspecified, no e-mail, claims we did not ask."""
        journey.provider.identity.update(received)

        identity = journey.whole().identity.identity

        assert {name: getattr(identity, name) for name in kept} == kept

    def test_is_accepted_without_the_optional_claims(self, journey: Journey) -> None:
        for claim in ("email", "preferred_username", "birthplace"):
            del journey.provider.identity[claim]
        journey.provider.identity["birthcountry"] = "99216"

        identity = journey.whole().identity.identity

        assert (identity.email, identity.preferred_name, identity.birthplace) == ("", "", "")

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": [CLIENT_ID]},
            {"azp": CLIENT_ID},
            {"acr": "eidas2"},
            {"exp": int(AT.timestamp()) - 29},
            {"iat": int(AT.timestamp()) + 30},
            {"nbf": int(AT.timestamp())},
            {"amr": ["fc"], "auth_time": 1, "jti": "x"},
        ],
    )
    def test_is_accepted_from_every_right_id_token(
        self, journey: Journey, claims: dict[str, Any]
    ) -> None:
        """The audience as a list of one, a level above the one asked, clocks that differ by half a minute."""
        journey.provider.id_token.claims.update(claims)

        assert journey.whole().identity.sub == SUB

    def test_is_accepted_with_a_header_parameter_we_do_not_know(self, journey: Journey) -> None:
        """RFC 7515: unknown and not critical is ignored."""
        journey.provider.id_token.header["x-region"] = "fr"

        assert journey.whole().identity.sub == SUB

    def test_checks_the_hash_of_the_access_token_when_it_is_there(self, journey: Journey) -> None:
        """OpenID Connect Core 3.1.3.6, with the example of its appendix A.3 computed for ES256."""
        journey.provider.access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
        journey.provider.id_token.claims["at_hash"] = "77QmUPtjPfzWtF2AnpK9RQ"

        assert journey.whole().identity.sub == SUB


class TestLogout:
    def logout_state(self, completed: Completed) -> dict[str, str]:
        return {"state": parse_qs(urlsplit(completed.identity.logout_url).query)["state"][0]}

    def finish(self, params: dict[str, str], **changes: Any) -> object:
        given = {"binding": BINDING, "purpose": "mandat", "at": AT, **changes}
        return actions.finish_logout(params=params, **given)

    def test_comes_back_to_the_reference_and_is_noted(self, journey: Journey) -> None:
        """Decision 5: FranceConnect's own session is closed before anything else, and the row says so."""
        state = self.logout_state(journey.whole())

        assert self.finish(state) == journey.reference
        assert self.finish(state, at=AT + timedelta(minutes=1)) == journey.reference
        assert Attempt.objects.get().logged_out_at == AT

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"binding": "another-browser"}, Reason.OTHER_BROWSER),
            ({"purpose": "login"}, Reason.RETURN_UNKNOWN),
            ({"at": AT + timedelta(minutes=31)}, Reason.RETURN_LATE),
        ],
    )
    def test_belongs_to_the_same_browser(
        self, journey: Journey, changes: dict[str, Any], reason: Reason
    ) -> None:
        state = self.logout_state(journey.whole())

        with pytest.raises(IdentificationRefused) as refused:
            self.finish(state, **changes)

        assert refused.value.reason == reason
        assert Attempt.objects.get().logged_out_at is None

    @pytest.mark.parametrize("params", [{}, {"state": ""}, {"state": "never-sent"}])
    def test_needs_the_state_we_sent(self, journey: Journey, params: dict[str, str]) -> None:
        """An attempt without logout has no state: an empty one must not find it."""
        journey.leave()

        with pytest.raises(IdentificationRefused) as refused:
            self.finish(params)

        assert refused.value.reason == Reason.RETURN_UNKNOWN


class TestPurge:
    def test_forgets_an_attempt_a_day_after_its_end(self, journey: Journey) -> None:
        """Schedule A.3: OIDC transactions, 10 minutes then 24 hours for support."""
        journey.leave()
        end = AT + timedelta(minutes=10, hours=24)

        assert actions.purge_attempts(end) == "0 attempts"
        assert actions.purge_attempts(end + timedelta(seconds=1)) == "1 attempts"
        assert not Attempt.objects.exists()
