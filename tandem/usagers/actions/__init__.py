"""Writes of usagers: who they are, how they are told, what stops everything.

Each raises NotAllowed when the acteur may not act, or does not see the person: it is not said again below.
"""

from tandem.kernel.refusals import NotAllowed
from tandem.usagers.actions.channels import (
    add_channel,
    demote_channel,
    end_channel,
    inscribe_channel,
    prove_channel,
    send_proof,
    set_discreet,
)
from tandem.usagers.actions.codes import (
    CodeRefused,
    check_confirmation_code,
    purge_codes,
    send_confirmation_code,
    void_codes,
)
from tandem.usagers.actions.doors import UsagerRefused
from tandem.usagers.actions.erasure import erase_usager
from tandem.usagers.actions.identity import (
    declare_usager,
    identify_usager,
    record_piece_seen,
    rename_usager,
    vouch_for,
)
from tandem.usagers.actions.practice import fictitious_named, welcome_fictitious
from tandem.usagers.actions.reading import (
    BesideAnother,
    record_contact,
    record_reading,
    refuse_beside_another,
)
from tandem.usagers.actions.states import (
    answer_protection,
    correct_death,
    freeze_usager,
    record_death,
    thaw_usager,
)
from tandem.usagers.actions.suivis import end_suivi, set_team_access, start_suivi
from tandem.usagers.actions.telling import record_told, send_digests, tell_usager

__all__ = [
    "BesideAnother", "CodeRefused", "NotAllowed", "UsagerRefused", "add_channel", "answer_protection",
    "check_confirmation_code", "correct_death", "declare_usager", "demote_channel", "end_channel", "end_suivi",
    "erase_usager", "fictitious_named", "freeze_usager", "identify_usager", "inscribe_channel", "prove_channel",
    "purge_codes",
    "record_contact", "record_death", "record_piece_seen", "record_reading", "record_told", "refuse_beside_another",
    "rename_usager",
    "send_confirmation_code", "send_digests", "send_proof", "set_discreet", "set_team_access", "start_suivi",
    "tell_usager", "thaw_usager", "void_codes", "vouch_for", "welcome_fictitious",
]  # fmt: skip
