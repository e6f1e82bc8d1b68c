"""What people do to mandats."""

from tandem.mandats.actions.confirmations import (
    record_code_confirmation,
    record_paper_confirmation,
    send_confirmation_code,
)
from tandem.mandats.actions.drafts import (
    IdentityRefused,
    answer_protection_questions,
    begin_identification,
    confirm_identity,
    discard_draft,
    link_transfer,
    receive_identity,
    receive_renewal_code,
    reject_identity,
    save_answers,
    send_renewal_code,
    start_draft,
    start_renewal,
)
from tandem.mandats.actions.endings import announce_endings, expire_due, purge_drafts
from tandem.mandats.actions.ends import (
    finish_act,
    renounce_mandat,
    revoke_all,
    revoke_autorisation,
    revoke_by_code,
    revoke_mandat,
)
from tandem.mandats.actions.refused import MandatRefused, NotAllowed
from tandem.mandats.actions.sign import sign_act, sign_draft, sign_mandat
from tandem.mandats.actions.uses import UseRefused, record_use, render_account

__all__ = [
    "IdentityRefused",
    "MandatRefused",
    "NotAllowed",
    "UseRefused",
    "announce_endings",
    "answer_protection_questions",
    "begin_identification",
    "confirm_identity",
    "discard_draft",
    "expire_due",
    "finish_act",
    "link_transfer",
    "purge_drafts",
    "receive_identity",
    "receive_renewal_code",
    "record_code_confirmation",
    "record_paper_confirmation",
    "record_use",
    "reject_identity",
    "render_account",
    "renounce_mandat",
    "revoke_all",
    "revoke_autorisation",
    "revoke_by_code",
    "revoke_mandat",
    "save_answers",
    "send_confirmation_code",
    "send_renewal_code",
    "sign_act",
    "sign_draft",
    "sign_mandat",
    "start_draft",
    "start_renewal",
]
