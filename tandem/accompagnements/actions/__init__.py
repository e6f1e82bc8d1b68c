"""Writes of accompagnements. Each raises NotAllowed when the acteur may not act, or does not see the object."""

from tandem.accompagnements.actions.aides import record_aide, undo_aide
from tandem.accompagnements.actions.besoins import (
    close_besoin,
    name_besoin,
    name_besoin_declared,
    open_besoin,
    reopen_besoin,
)
from tandem.accompagnements.actions.brouillons import drop_brouillon, keep_brouillon
from tandem.accompagnements.actions.demarches import (
    Wanted,
    add_step,
    close_demarche,
    follow_demarche,
    name_demarche,
    reopen_demarche,
    set_pieces,
)
from tandem.accompagnements.actions.doors import AccompagnementRefused
from tandem.accompagnements.actions.filing import file_demarche, record_receipt_reading
from tandem.accompagnements.actions.mandats import prepare_mandat
from tandem.accompagnements.actions.people import name_demarche_declared
from tandem.accompagnements.actions.relais import hand_over, take_relais
from tandem.accompagnements.actions.retention import purge_brouillons, purge_follow_up
from tandem.kernel.refusals import NotAllowed

__all__ = [
    "AccompagnementRefused",
    "NotAllowed",
    "Wanted",
    "add_step",
    "close_besoin",
    "close_demarche",
    "drop_brouillon",
    "file_demarche",
    "follow_demarche",
    "hand_over",
    "keep_brouillon",
    "name_besoin",
    "name_besoin_declared",
    "name_demarche",
    "name_demarche_declared",
    "open_besoin",
    "prepare_mandat",
    "purge_brouillons",
    "purge_follow_up",
    "record_aide",
    "record_receipt_reading",
    "reopen_besoin",
    "reopen_demarche",
    "set_pieces",
    "take_relais",
    "undo_aide",
]  # fmt: skip
