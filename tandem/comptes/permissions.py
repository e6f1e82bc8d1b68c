"""Who may do what to which compte: pure predicates on rows already read."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tandem.comptes.factors import Factor
from tandem.comptes.models import Compte, FactorReset
from tandem.comptes.rules import FactorKind


def has_two_factors(held: Sequence[Factor], *, codes_left: int) -> bool:
    """A passkey or an application, and recovery codes: the second works without JavaScript (S-11)."""
    return bool(held) and codes_left > 0


def may_remove(factor: Factor, held: Sequence[Factor], *, codes_left: int) -> bool:
    """Would two factors remain, one of which works without JavaScript?"""
    rest = [item for item in held if item.ref != factor.ref]
    has_totp = any(item.kind == FactorKind.TOTP for item in rest)
    return bool(rest) and (codes_left > 0 or (has_totp and len(rest) > 1))


def may_reset(compte: Compte, target: Compte, referents: Collection[UUID]) -> bool:
    """One of the two persons of a reset: an operator, or a référent of a structure where the target works.

    Active, with both factors, and never the person concerned (S-12). `referents`: their public ids, as structures
    knows them.
    """
    return (
        compte.pk != target.pk
        and compte.is_active
        and compte.enrolled_at is not None
        and (compte.is_operator or compte.public_id in referents)
    )


def may_approve_reset(approver: Compte, reset: FactorReset, referents: Collection[UUID]) -> bool:
    """The second of the two, never the first (S-12, S-20)."""
    return approver.pk != reset.requested_by_id and may_reset(approver, reset.target, referents)
