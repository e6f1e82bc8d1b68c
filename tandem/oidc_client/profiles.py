"""What one identity provider asks and gives. FranceConnect's profile; ProConnect's would be a second value."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Profile:
    """The protocol as one provider speaks it: identity.md section 3."""

    name: str
    scope: str
    # The level asked, and those accepted: the asked one or higher.
    acr_values: str
    acr_accepted: frozenset[str]
    # The one algorithm registered for us, for the ID token and the userinfo alike.
    algorithm: str
    subject: re.Pattern[str]


FRANCECONNECT: Final = Profile(
    name="franceconnect",
    # `idp_birthdate`: without it FranceConnect completes a presumed date, and `1946-00-00` becomes a first of
    # January that the register does not hold (FS-02, FS-08).
    scope="openid identite_pivot preferred_username email idp_birthdate",
    acr_values="eidas1",
    acr_accepted=frozenset({"eidas1", "eidas2", "eidas3"}),
    algorithm="ES256",
    subject=re.compile(r"[0-9a-f]{64}v[0-9]"),
)


@dataclass(frozen=True)
class Client:
    """Tandem as one provider knows it."""

    profile: Profile
    issuer: str
    client_id: str
    client_secret: str
    discovery_url: str

    @property
    def hosts(self) -> frozenset[str]:
        """Where our own calls may go."""
        return frozenset(urlsplit(url).hostname or "" for url in (self.issuer, self.discovery_url))


def franceconnect() -> Client:
    """Tandem's registration at FranceConnect, from the settings."""
    own = settings.TANDEM_FRANCECONNECT
    return Client(
        profile=FRANCECONNECT,
        issuer=own["issuer"],
        client_id=own["client_id"],
        client_secret=own["client_secret"],
        discovery_url=own["discovery_url"] or f"{own['issuer']}/.well-known/openid-configuration",
    )
