"""What people do to a draft, until it is signed."""

from tandem.signature.actions.drafts import (
    answer_protection_questions,
    begin_identification,
    confirm_identity,
    discard_draft,
    hand_over_draft,
    receive_identity,
    receive_renewal_code,
    reject_identity,
    save_answers,
    send_renewal_code,
    start_draft,
    start_renewal,
)
from tandem.signature.actions.forgetting import purge_drafts
from tandem.signature.actions.paper import draft_on_paper, take_road
from tandem.signature.actions.practice import identify_fictitious
from tandem.signature.actions.sign import (
    RecapChanged,
    close_draft,
    sign_act,
    sign_draft,
    sign_mandat,
)
from tandem.signature.actions.transfer import link_transfer, unlink_transfer

__all__ = [
    "RecapChanged",
    "answer_protection_questions",
    "begin_identification",
    "close_draft",
    "confirm_identity",
    "discard_draft",
    "draft_on_paper",
    "hand_over_draft",
    "identify_fictitious",
    "link_transfer",
    "purge_drafts",
    "receive_identity",
    "receive_renewal_code",
    "reject_identity",
    "save_answers",
    "send_renewal_code",
    "sign_act",
    "sign_draft",
    "sign_mandat",
    "start_draft",
    "start_renewal",
    "take_road",
    "unlink_transfer",
]
