"""What each model says of its fields: personal or not, why they are kept, how long (law 10)."""

from collections.abc import Iterable
from typing import Literal, get_args

Retention = Literal[
    "mandat",
    "journal",
    "suivi",
    "compte",
    "structure",
    "transaction_oidc",
    "envoi",
    "session",
    "catalogue",
    "technique",
]


class Privacy:
    """The declaration of one model.

    `personal`, `sensitive` and `none` share its concrete fields, `id` and `public_id` excepted:
    a test of the house compares them with the table.
    """

    def __init__(
        self,
        *,
        purpose: str,
        retention: Retention,
        personal: Iterable[str] = (),
        sensitive: Iterable[str] = (),
        none: Iterable[str] = (),
    ) -> None:
        """Raises ValueError when the purpose is empty, the class unknown or a field said twice."""
        self.purpose = purpose
        self.retention = retention
        self.personal = frozenset(personal)
        self.sensitive = frozenset(sensitive)
        self.none = frozenset(none)
        if not purpose.strip():
            raise ValueError("a model says what it is for")
        if retention not in get_args(Retention):
            raise ValueError(f"unknown retention class {retention!r}")
        said = len(self.personal) + len(self.sensitive) + len(self.none)
        if said != len(self.fields):
            raise ValueError("a field is said in two classes at once")

    @property
    def fields(self) -> frozenset[str]:
        """Every field said."""
        return self.personal | self.sensitive | self.none
