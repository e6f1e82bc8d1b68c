"""FranceConnect slow, down, or changing its keys (R-17, FS-06)."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from tandem.kernel import http
from tandem.oidc_client import circuit
from tandem.oidc_client.models import Attempt
from tandem.oidc_client.rules import FranceConnectUnavailable, IdentificationRefused, Reason
from tandem.oidc_client.tests.conftest import AT, Journey
from tandem.oidc_client.tests.provider import SUB, new_key, sign

pytestmark = pytest.mark.loopback
TOKEN = "/api/v2/token"
DOWN = (503, "text/plain", b"")


def unavailable(journey: Journey, params: dict[str, str] | None = None) -> Reason:
    """Why the return (or, without one, the departure) finds FranceConnect unavailable."""
    with pytest.raises(FranceConnectUnavailable) as refused:
        journey.leave() if params is None else journey.come_back(params)
    assert isinstance(refused.value, FranceConnectUnavailable)
    return refused.value.reason


def fail(journey: Journey, times: int) -> None:
    """Returns that meet a token endpoint out of order."""
    returns = [journey.provider.authorize(journey.leave()) for _ in range(times)]
    journey.provider.broken[TOKEN] = DOWN
    for params in returns:
        assert unavailable(journey, params) == Reason.SERVER_ERROR


class TestTimeOut:
    def test_is_five_seconds_at_most(self) -> None:
        """R-17: the person waits no longer; two seconds to connect, five to read."""
        assert http.CONNECT_SECONDS <= 5
        assert http.READ_SECONDS <= 5

    def test_is_said_as_such(self, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http, "READ_SECONDS", 0.1)
        params = journey.provider.authorize(journey.leave())
        journey.provider.slow[TOKEN] = 0.4

        start = time.monotonic()
        reason = unavailable(journey, params)

        assert reason == Reason.TIMEOUT
        assert time.monotonic() - start < 0.4
        assert Attempt.objects.get().refused_for == Reason.TIMEOUT

    def test_is_not_needed_when_nothing_listens(self, journey: Journey) -> None:
        from django.conf import settings

        settings.TANDEM_FRANCECONNECT["discovery_url"] = "http://127.0.0.1:9/openid-configuration"

        assert unavailable(journey) == Reason.UNREACHABLE


class TestCircuit:
    def test_opens_after_five_failures_and_answers_at_once(self, journey: Journey) -> None:
        """R-17: the sixth departure does not touch the network."""
        fail(journey, 5)
        calls = len(journey.provider.calls)

        assert unavailable(journey) == Reason.CIRCUIT_OPEN
        assert len(journey.provider.calls) == calls

    def test_stays_closed_after_four(self, journey: Journey) -> None:
        fail(journey, 4)
        journey.provider.broken.clear()

        assert journey.whole().identity.sub == SUB

    def test_forgets_the_failures_after_a_success(self, journey: Journey) -> None:
        """Five in a row open it, not five in a day."""
        fail(journey, 4)
        journey.provider.broken.clear()
        journey.whole()
        fail(journey, 4)
        journey.provider.broken.clear()

        assert journey.whole().identity.sub == SUB

    def test_spends_no_return_while_it_is_open(self, journey: Journey) -> None:
        """R-17: the draft is kept; the same return may be tried when the way is free."""
        kept = journey.provider.authorize(journey.leave())
        fail(journey, 5)

        assert unavailable(journey, kept) == Reason.CIRCUIT_OPEN
        assert Attempt.objects.filter(consumed_at=None).count() == 1

    def test_lets_one_call_try_after_thirty_seconds(self, journey: Journey) -> None:
        """R-17: half-open, one call at a time; its success closes, and everybody passes."""
        with time_machine.travel(AT, tick=False) as clock:
            fail(journey, 5)
            clock.shift(timedelta(seconds=29))
            assert unavailable(journey) == Reason.CIRCUIT_OPEN
            clock.shift(timedelta(seconds=2))

            journey.provider.broken.clear()
            params = journey.provider.authorize(journey.leave())
            with circuit.guarded("franceconnect"):
                assert unavailable(journey, params) == Reason.CIRCUIT_OPEN

            assert journey.come_back(params).identity.sub == SUB
            assert journey.whole().identity.sub == SUB

    def test_opens_again_when_the_trial_fails(self, journey: Journey) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            params = [journey.provider.authorize(journey.leave()) for _ in range(2)]
            fail(journey, 5)
            clock.shift(timedelta(seconds=31))

            assert unavailable(journey, params[0]) == Reason.SERVER_ERROR
            assert unavailable(journey, params[1]) == Reason.CIRCUIT_OPEN

    def test_tries_again_when_the_trial_died(self) -> None:
        """A process killed during its trial must not close the way for ever."""
        with time_machine.travel(AT, tick=False) as clock:
            for _ in range(5):
                with pytest.raises(FranceConnectUnavailable), circuit.guarded("other"):
                    raise FranceConnectUnavailable(Reason.TIMEOUT)
            clock.shift(timedelta(seconds=31))
            with pytest.raises(SystemExit), circuit.guarded("other"):
                raise SystemExit
            with pytest.raises(FranceConnectUnavailable), circuit.guarded("other"):
                pytest.fail("another trial is under way")
            clock.shift(timedelta(seconds=circuit.TRIAL_SECONDS + 1))

            with circuit.guarded("other"):
                tried = True
            assert tried

    def test_frees_the_trial_when_it_ends_in_a_refusal(self, journey: Journey) -> None:
        """FranceConnect spoke: the next return may try, without waiting for the mark to fade."""
        with time_machine.travel(AT, tick=False) as clock:
            fail(journey, 5)
            clock.shift(timedelta(seconds=31))
            journey.provider.broken.clear()
            state = journey.provider.authorize(journey.leave())["state"]
            with pytest.raises(IdentificationRefused):
                journey.come_back({"state": state, "code": "guessed"})

            assert journey.whole().identity.sub == SUB

    def test_counts_from_one_again_when_the_count_fades_meanwhile(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The count may disappear between two lines: that is one failure, not a crash."""
        monkeypatch.setattr(cache, "add", lambda *_: False)

        with pytest.raises(FranceConnectUnavailable), circuit.guarded("faded"):
            raise FranceConnectUnavailable(Reason.TIMEOUT)

        assert cache.get("oidc_client:circuit:faded:failures") == 1

    def test_tells_a_cancellation_even_while_it_is_open(self, journey: Journey) -> None:
        state = journey.provider.authorize(journey.leave())["state"]
        fail(journey, 5)

        with pytest.raises(IdentificationRefused) as refused:
            journey.come_back({"state": state, "error": "access_denied"})

        assert refused.value.reason == Reason.CANCELLED

    def test_ignores_refusals_that_are_no_outage(self, journey: Journey) -> None:
        """A wrong code typed into the address bar must not close FranceConnect for everybody."""
        for _ in range(6):
            state = journey.provider.authorize(journey.leave())["state"]
            with pytest.raises(IdentificationRefused):
                journey.come_back({"state": state, "code": "guessed"})

        assert journey.whole().identity.sub == SUB

    def test_counts_documents_that_cannot_be_trusted(self, journey: Journey) -> None:
        """R-17, broken keys: an outage too."""
        params = [journey.provider.authorize(journey.leave()) for _ in range(6)]
        journey.provider.jwks = {"keys": []}
        for one in params[:5]:
            assert unavailable(journey, one) == Reason.KEYS_MALFORMED

        assert unavailable(journey, params[5]) == Reason.CIRCUIT_OPEN


class TestKeys:
    def rotate(self, journey: Journey, kid: str = "k2") -> None:
        """FranceConnect signs with a new key from now on."""
        provider = journey.provider
        key = new_key(kid)
        provider.published.append(key.as_dict(private=False, use="sig", alg="ES256"))
        for token in (provider.id_token, provider.userinfo):
            token.key = key
            token.header["kid"] = kid

    def test_are_read_once_for_both_answers(self, journey: Journey) -> None:
        journey.whole()
        journey.whole()

        assert journey.provider.calls.count("/api/v2/jwks") == 1

    def test_are_read_again_for_an_unknown_identifier_then_succeed(self, journey: Journey) -> None:
        """FS-06: a rotation is seen at once, without a restart."""
        journey.whole()
        self.rotate(journey)

        assert journey.whole().identity.sub == SUB
        assert journey.provider.calls.count("/api/v2/jwks") == 2

    def test_are_read_again_at_most_three_times_a_minute(self, journey: Journey) -> None:
        """A forged identifier must not make us hammer FranceConnect."""
        with time_machine.travel(AT, tick=False) as clock:
            journey.whole()
            journey.provider.id_token.header["kid"] = "never-published"
            for _ in range(6):
                with pytest.raises(IdentificationRefused):
                    journey.whole()
            assert journey.provider.calls.count("/api/v2/jwks") == 4

            clock.shift(timedelta(minutes=1))
            journey.provider.at += timedelta(minutes=1)
            self.rotate(journey)
            assert journey.come_back(
                journey.provider.authorize(journey.leave(journey.provider.at)), at=journey.provider.at
            ).identity.sub == SUB  # fmt: skip

    def test_that_were_withdrawn_are_dead_within_five_minutes(self, journey: Journey) -> None:
        """R-17: a stolen key that FranceConnect no longer publishes signs nothing here."""
        with time_machine.travel(AT, tick=False) as clock:
            journey.whole()
            stolen = journey.provider.key
            journey.provider.published.clear()
            self.rotate(journey)
            clock.shift(timedelta(seconds=301))
            forged = lambda claims: sign(claims, stolen, {"alg": "ES256", "kid": "k1"})  # noqa: E731
            journey.provider.id_token.raw = forged

            with pytest.raises(IdentificationRefused) as refused:
                journey.whole()

            assert refused.value.reason == Reason.ID_TOKEN_KEY
