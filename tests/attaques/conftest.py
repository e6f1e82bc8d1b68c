"""The story of every attack: Alice connects for Rose, and something falls in between."""

from tandem.oidc_provider.tests.conftest import clock, story

__all__ = ["clock", "story"]
