"""Where attacks start: Alice connects for Rose, and something falls in between; or two structures at work."""

from tandem.oidc_provider.tests.conftest import clock, story
from tests.maison.conftest import _built, world

__all__ = ["_built", "clock", "story", "world"]
