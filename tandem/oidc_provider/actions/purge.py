"""What is forgotten: transactions after a day, used assertions, keys nobody needs."""

from datetime import datetime

from tandem.oidc_provider.models import (
    AccessToken,
    AuthorizationCode,
    SigningKey,
    Transaction,
    UsedAssertion,
)
from tandem.oidc_provider.rules.choices import TRANSACTION_KEPT


def void_transactions(*, at: datetime) -> int:
    """After a restoration: no code nor token of before opens anything; how many transactions were alive."""
    AccessToken.objects.filter(revoked_at=None).update(revoked_at=at)
    AuthorizationCode.objects.filter(used_at=None).update(used_at=at)
    return Transaction.objects.filter(expires_at__gt=at).update(expires_at=at)


def purge(*, at: datetime) -> dict[str, int]:
    """Erase what has had its time, codes and tokens with their transaction (A.3); how many of each."""
    old = Transaction.objects.filter(created_at__lt=at - TRANSACTION_KEPT)
    return {
        "transactions": old.delete()[1].get("oidc_provider.Transaction", 0),
        "assertions": UsedAssertion.objects.filter(expires_at__lt=at).delete()[0],
        "keys": SigningKey.objects.filter(published_until__lt=at).delete()[0],
    }
