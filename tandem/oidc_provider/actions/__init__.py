"""What is done here: a connexion led to its code, an identity handed over, peers and keys."""

from tandem.oidc_provider.actions.connexion import (
    ChoiceChanged,
    UseRefused,
    begin_transaction,
    cancel_transaction,
    choose_autorisation,
    choose_usager,
    confirm_use,
    end_accompagnement,
)
from tandem.oidc_provider.actions.parties import (
    NewRelyingParty,
    RelyingPartyRefused,
    add_relying_party,
    disable_relying_party,
    rotate_keys,
)
from tandem.oidc_provider.actions.purge import purge, void_transactions
from tandem.oidc_provider.actions.release import answer_userinfo, exchange_code

__all__ = [
    "ChoiceChanged",
    "NewRelyingParty",
    "RelyingPartyRefused",
    "UseRefused",
    "add_relying_party",
    "answer_userinfo",
    "begin_transaction",
    "cancel_transaction",
    "choose_autorisation",
    "choose_usager",
    "confirm_use",
    "disable_relying_party",
    "end_accompagnement",
    "exchange_code",
    "purge",
    "rotate_keys",
    "void_transactions",
]
