"""Pure rules: codes, devices, numbers, passwords."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tandem.comptes import rules
from tandem.comptes.passwords import FamiliarPasswordValidator


class TestATimedCode:
    # RFC 6238, appendix B, SHA-1, the last six digits.
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
            (20000000000, "353130"),
        ],
    )
    def test_is_what_every_application_computes(self, seconds: int, code: str) -> None:
        at = datetime.fromtimestamp(seconds, UTC)

        assert rules.totp_code(b"12345678901234567890", rules.totp_step(at)) == code

    @given(st.datetimes(timezones=st.just(UTC)))
    def test_always_changes_within_thirty_seconds(self, at: datetime) -> None:
        assert 1 <= rules.seconds_to_next_code(at) <= 30


class TestARecoveryCode:
    def test_is_long_and_never_twice_the_same(self) -> None:
        codes = {rules.new_recovery_code() for _number in range(1000)}

        assert len(codes) == 1000
        assert {len(code) for code in codes} == {16}
        assert set("".join(codes)) <= set(rules.RECOVERY_ALPHABET)

    def test_reads_back_as_it_is_printed(self) -> None:
        code = rules.new_recovery_code()

        assert rules.normalise_code(rules.show_recovery_code(code).lower()) == code


class TestADevice:
    @pytest.mark.parametrize(
        ("agent", "label"),
        [
            ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox sur Windows"),
            ("Mozilla/5.0 (X11; Linux) Chrome/140 Safari/537 Edg/140", "Edge sur Linux"),
            ("Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile Safari/537", "Chrome sur Android"),
            ("Mozilla/5.0 (iPhone; CPU OS 17 like Mac OS X) Safari/604", "Safari sur iPhone"),
            ("curl/8", "Navigateur"),
            ("<script>", "Navigateur"),
            ("", "Navigateur"),
        ],
    )
    def test_is_named_in_plain_words(self, agent: str, label: str) -> None:
        assert rules.device_label(agent) == label

    @given(st.text(max_size=500))
    def test_name_fits_and_holds_nothing_of_what_was_sent(self, agent: str) -> None:
        """S-15: no fingerprint."""
        assert len(rules.device_label(agent)) <= 60


class TestAnAct:
    @pytest.mark.parametrize(
        ("text", "ok"),
        [
            ("mandat.sign:0b1c2d3e-0000-4000-8000-000000000000", True),
            ("comptes.login:alone", True),
            ("mandat.sign:", False),
            ("mandat.sign", False),
            ("Mandat.sign:x", False),
            ("mandat..sign:x", False),
            ("mandat.sign:x\n", False),
            ("mandat.sign:é", False),
        ],
    )
    def test_has_a_verb_and_an_identifier(self, text: str, ok: bool) -> None:
        assert rules.is_act(text) is ok


class TestAPassword:
    @pytest.mark.parametrize(
        "password",
        [
            "motdepasse123",
            "M0tdepasse!2026",
            "azertyuiop12",
            "AzertyUiop!!",
            "Bonjour2026!!",
            "123456789012",
            "ababababababab",
            "tandemtandem1",
            "franceservices35",
            "mandat-usager-2026",
        ],
    )
    def test_that_anyone_would_try_is_refused(self, password: str) -> None:
        """ASVS 6.2.4, 6.2.11."""
        with pytest.raises(ValidationError, match="facile à deviner"):
            FamiliarPasswordValidator().validate(password)

    @pytest.mark.parametrize(
        "password",
        [
            "champ violon tempête facteur",
            "la-mairie-ouvre-a-huit-heures",
            "kX9#mQ2$vL7p",
            "Ça m’a surpris !",
        ],
    )
    def test_that_is_long_or_odd_is_accepted_whatever_its_composition(self, password: str) -> None:
        """ASVS 6.2.5: no rule of composition."""
        FamiliarPasswordValidator().validate(password)
