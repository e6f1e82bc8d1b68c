"""What is forgotten: transactions after a day, used assertions, keys nobody needs."""

from datetime import datetime

from tandem.oidc_provider.models import SigningKey, Transaction, UsedAssertion
from tandem.oidc_provider.rules.choices import TRANSACTION_KEPT


def purge(*, at: datetime) -> dict[str, int]:
    """Erase what has had its time, codes and tokens with their transaction (A.3); how many of each."""
    old = Transaction.objects.filter(created_at__lt=at - TRANSACTION_KEPT)
    return {
        "transactions": old.delete()[1].get("oidc_provider.Transaction", 0),
        "assertions": UsedAssertion.objects.filter(expires_at__lt=at).delete()[0],
        "keys": SigningKey.objects.filter(published_until__lt=at).delete()[0],
    }
