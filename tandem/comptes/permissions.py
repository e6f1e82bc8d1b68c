"""Who may do what to which compte: pure predicates on rows already read."""

from collections.abc import Sequence

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


def may_request_reset(author: Compte, target: Compte) -> bool:
    """Anyone active and enrolled, for someone else: the second person is the guard (S-12)."""
    return author.pk != target.pk and author.is_active and author.enrolled_at is not None


def may_approve_reset(approver: Compte, reset: FactorReset) -> bool:
    """A third person, active and enrolled (S-12, S-20)."""
    return (
        approver.pk not in {reset.target_id, reset.requested_by_id}
        and approver.is_active
        and approver.enrolled_at is not None
    )
