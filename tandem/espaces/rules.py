"""Pure rules of the pages: who is beside the screen."""

from dataclasses import dataclass
from uuid import UUID

# Someone is present, and nobody said who.
SOMEONE = "1"


@dataclass(frozen=True)
class Presence:
    """Who looks at the screen beside the aidant: nobody, someone, or one person of the structure."""

    value: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.value)

    @property
    def usager(self) -> UUID | None:
        """The person, when it was said who."""
        try:
            return UUID(self.value)
        except ValueError:
            return None

    def hides(self, usager: UUID | None) -> bool:
        """Whether the name of that person must not be on the screen now (P-28)."""
        return self.is_on and (usager is None or usager != self.usager)

    def refuses(self, usager: UUID) -> bool:
        """Whether the file of that person stays closed: someone else is known to be looking."""
        return self.usager is not None and self.usager != usager
