"""What is forgotten: transactions after a day, used assertions, keys nobody needs."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tandem.oidc_provider.models import (
    AccessToken,
    AuthorizationCode,
    SigningKey,
    Transaction,
    UsedAssertion,
)
from tandem.oidc_provider.rules.choices import TRANSACTION_KEPT, EndKind


def void_transactions(*, at: datetime) -> int:
    """After a restoration: no code nor token of before opens anything; how many transactions were alive.

    They are ended, not aged: the clock of the machine restored may be late.
    """
    AccessToken.objects.filter(revoked_at=None).update(revoked_at=at)
    AuthorizationCode.objects.filter(used_at=None).update(used_at=at)
    alive = Transaction.objects.filter(ended_at=None)
    return alive.update(ended_at=at, end_kind=EndKind.CANCELLED)


def purge(*, at: datetime) -> dict[str, int]:
    """Erase what has had its time, codes and tokens with their transaction (A.3); how many of each.

    A person erased takes theirs along at the next round (P-22): nothing is released for them meanwhile, and
    their row and the transaction's are never locked in the other order.
    """
    old = Transaction.objects.filter(
        Q(created_at__lt=at - TRANSACTION_KEPT) | Q(usager__erased_at__isnull=False)
    )
    with transaction.atomic():
        # A code before its token, as whoever presents a code again does.
        codes = AuthorizationCode.objects.filter(transaction__in=old).order_by("pk")
        list(codes.select_for_update(of=("self",)).values_list("pk", flat=True))
        gone = old.delete()[1].get("oidc_provider.Transaction", 0)
    return {
        "transactions": gone,
        "assertions": UsedAssertion.objects.filter(expires_at__lt=at).delete()[0],
        "keys": SigningKey.objects.filter(published_until__lt=at).delete()[0],
    }
