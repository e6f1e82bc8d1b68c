"""Pure rules of the pages: who is beside the screen."""

from dataclasses import dataclass
from uuid import UUID

# Someone is present, and nobody said who.
SOMEONE = "1"
# Where the session keeps that the screen is hidden: the page to come back to.
SESSION_BLANK = "ecran_masque"
# The same, for whoever is about to say that the person left.
SESSION_BACK = "ecran_retour"
# What may be asked while the screen is hidden: the gesture, the way out, and nothing that shows anything.
WHILE_BLANK = frozenset(
    {
        "espaces:blank", "espaces:resume", "comptes:gesture_options", "comptes:keep_alive", "comptes:logout",
        "comptes:logged_out", "comptes:login", "comptes:login_options", "comptes:login_passkey",
        "comptes:second_factor", "account_login", "ui:favicon", "ui:robots",
    }
)  # fmt: skip


def resume_act(compte: UUID) -> str:
    """The name of the act that the gesture is bound to."""
    return f"espaces.resume:{compte}"


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
