from datetime import timedelta

import pytest

from tandem.kernel import clock
from tandem.kernel.refusals import Refusal


class MandatGone(Refusal):
    status = 404
    code = "gone"


def test_a_refusal_carries_its_sentence_and_its_status() -> None:
    with pytest.raises(Refusal) as caught:
        raise MandatGone("Ce mandat n’existe plus.")

    assert caught.value.message == str(caught.value) == "Ce mandat n’existe plus."
    assert (caught.value.status, caught.value.code) == (404, "gone")
    assert (Refusal.status, Refusal.code) == (409, "refusal")


def test_the_clock_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
