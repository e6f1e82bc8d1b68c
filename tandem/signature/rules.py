"""What a draft holds, and which question comes next."""

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self

from tandem.mandats.rules import CAN_SIGN_ALONE, POINTS, Agreement

DRAFT_LIFETIME: Final = timedelta(hours=24)


class Step(StrEnum):
    """The pages of the wizard, in order."""

    DEMARCHES = "demarches"
    DUREE = "duree"
    PRESENCE = "presence"
    PROTECTION = "protection"
    CONTACT = "contact"
    READING = "reading"
    IDENTIFICATION = "identification"
    IDENTITY = "identity"
    RECAP = "recap"


class Road(StrEnum):
    """How the person says who they are, and signs."""

    FRANCECONNECT = "franceconnect"
    # Their document is seen, they sign by hand: the room above draws the sheet and notes it (P-32).
    PAPER = "paper"


# What the person reads: changing one of these after the reading means reading again. Each road has its own text.
_READ = frozenset(
    {
        "scopes", "duree", "presence", "aidants", "contact_kind", "contact_value", "contact_holder", "road",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Answers(Agreement):
    """The content of a draft: an agreement not complete yet, and whether the person saw their own name."""

    identity_confirmed: bool = False
    road: str = Road.FRANCECONNECT

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        known = {name: value for name, value in content.items() if name in cls.__dataclass_fields__}
        for name in ("scopes", "aidants"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "scopes": list(self.scopes), "aidants": list(self.aidants)}

    def answered(self, **changes: Any) -> "Answers":
        """The answers with these changed; what follows from the former ones is forgotten.

        A wider mandat never slips in after the person read and identified: they read and identify again.
        """
        changed = replace(self, **changes)
        if any(getattr(self, name) != getattr(changed, name) for name in _READ):
            changed = replace(changed, points={}, identity={}, identity_confirmed=False)
        return changed


def missing_step(answers: Answers, *, identified: bool) -> Step:
    """The first question still without an answer; RECAP when all are."""
    unanswered = {
        Step.DEMARCHES: not answers.scopes,
        Step.DUREE: not answers.duree,
        Step.PRESENCE: set(answers.presence) != set(answers.scopes),
        Step.PROTECTION: answers.protected != CAN_SIGN_ALONE or not answers.alone,
        Step.CONTACT: not answers.contact_kind,
        Step.READING: set(answers.points) != set(POINTS) or not answers.reader,
        # Nothing identifies on the road of paper: what comes next is the sheet, in the room above.
        Step.IDENTIFICATION: not identified or answers.road == Road.PAPER,
        Step.IDENTITY: bool(answers.identity) and not answers.identity_confirmed,
    }
    return next((step for step, missing in unanswered.items() if missing), Step.RECAP)


def may_open(step: Step, *, missing: Step) -> bool:
    """Whether a page can be shown: every question before it has an answer."""
    order = list(Step)
    return order.index(step) <= order.index(missing)
