"""A stand-in never runs beside real data."""

import os

MODES = ("demo", "test")


def refuse_production() -> None:
    """Stop unless the environment says demonstration or test: Tandem without a mode is in production.

    Raises:
        SystemExit: the mode is another one.
    """
    if os.environ.get("TANDEM_MODE", "production") not in MODES:
        raise SystemExit(
            "Les simulateurs ne démarrent qu’avec TANDEM_MODE=demo ou TANDEM_MODE=test."
        )
