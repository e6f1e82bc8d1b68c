from datetime import timedelta

import pytest

from tandem.envois.rules import LEASE, LONGEST_RETRY, is_header_safe, retry_delay


class TestRetryDelay:
    def test_doubles_then_stays(self) -> None:
        seconds = [retry_delay(attempts).total_seconds() for attempts in range(1, 9)]

        assert seconds == [15, 30, 60, 120, 240, 480, 600, 600]

    def test_lets_nothing_wait_more_than_a_quarter_of_an_hour_after_a_return(self) -> None:
        """R-13: all sent at most 15 minutes after the provider's return."""
        assert retry_delay(10**6) == LONGEST_RETRY
        assert timedelta(minutes=15) > LONGEST_RETRY


class TestLease:
    def test_is_free_again_within_a_minute(self) -> None:
        """R-03: the next run resumes in 60 seconds at most."""
        assert timedelta(seconds=60) > LEASE


class TestIsHeaderSafe:
    @pytest.mark.parametrize(
        "value", ["a\nBcc: x@y", "a\rb", "a\r\n", "\x00", "a\u2028b", "a\x85b"]
    )
    def test_refuses_what_could_begin_another_line(self, value: str) -> None:
        assert not is_header_safe(value)

    def test_accepts_french(self) -> None:
        assert is_header_safe("Une information pour vous : « accompagnement » d’aujourd’hui")
