"""What people do to mandats."""

from tandem.mandats.actions.confirmations import (
    record_code_confirmation,
    record_paper_confirmation,
    send_confirmation_code,
)
from tandem.mandats.actions.endings import announce_endings, expire_due
from tandem.mandats.actions.ends import (
    finish_act,
    renounce_mandat,
    revoke_all,
    revoke_autorisation,
    revoke_by_code,
    revoke_mandat,
)
from tandem.mandats.actions.erasure import erase_due
from tandem.mandats.actions.refused import IdentityRefused, MandatRefused, NotAllowed
from tandem.mandats.actions.sign import sign_agreement
from tandem.mandats.actions.signing import Signing
from tandem.mandats.actions.uses import UseRefused, record_use, render_account

__all__ = [
    "IdentityRefused",
    "MandatRefused",
    "NotAllowed",
    "Signing",
    "UseRefused",
    "announce_endings",
    "erase_due",
    "expire_due",
    "finish_act",
    "record_code_confirmation",
    "record_paper_confirmation",
    "record_use",
    "render_account",
    "renounce_mandat",
    "revoke_all",
    "revoke_autorisation",
    "revoke_by_code",
    "revoke_mandat",
    "send_confirmation_code",
    "sign_agreement",
]
