"""The one order in which rows of a compte are taken (docs/adr: one order of locks)."""

from tandem.comptes.models import Compte


def hold_compte(compte: Compte) -> Compte:
    """The compte, read again and kept to the end of the transaction: before its factors, codes, sessions and links.

    Whatever touches several of them begins here, so that two acts on one compte never wait for each other.
    """
    # no_key: rows that point to the compte may still be inserted meanwhile.
    return Compte.objects.select_for_update(of=("self",), no_key=True).get(pk=compte.pk)
