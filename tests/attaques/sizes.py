"""The same attack at two sizes: a few rounds with the suite, the campaign with `make trust`; with a seed to replay."""

import os
import random
import secrets

import pytest


def rounds(*, few: int, many: int) -> pytest.MarkDecorator:
    """Gives the test its `count`."""
    sizes = [
        pytest.param(few, id="a few"),
        pytest.param(many, id="the campaign", marks=pytest.mark.trust),
    ]
    return pytest.mark.parametrize("count", sizes)


def dice_of_the_day() -> tuple[int, random.Random]:
    """A seed, to be printed, and its dice; TANDEM_TRUST_SEED plays one again."""
    seed = int(os.environ.get("TANDEM_TRUST_SEED") or secrets.randbelow(2**31))
    return seed, random.Random(seed)  # noqa: S311 — a story to play again, not a secret
