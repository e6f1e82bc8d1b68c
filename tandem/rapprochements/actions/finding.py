"""What makes two files look alike is fingerprinted; two persons who look alike are told apart once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from tandem.journal.actions import record_all
from tandem.journal.rules import Line, Subject
from tandem.kernel.crypto import blind_index
from tandem.rapprochements import events, permissions
from tandem.rapprochements.actions.merging import MergeRefused, NotAllowed
from tandem.rapprochements.models import Distinction, Likeness, Rapprochement
from tandem.rapprochements.queries import files_of
from tandem.rapprochements.rules import INDEXED_A_ROUND, Mark, marks
from tandem.structures.models import SYSTEM_ACTEUR, Acteur
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import SearchToken, Usager
from tandem.usagers.queries import name_token
from tandem.usagers.rules import name_prefixes


def index_likeness(*, usager: Usager, **_signal: object) -> None:
    """Fingerprint what finds a person: by the names of the file kept, and of those hidden behind it.

    Called by usagers inside the transaction that names the person.
    """
    files = files_of(usager)
    _index_marks(usager, {mark for file in files for mark in marks(file)})
    hidden = [n for f in files[1:] for n in (f.family_name, f.given_names, f.preferred_name)]
    tokens = {name_token(prefix, structure=usager.structure) for prefix in name_prefixes(hidden)}
    known = SearchToken.objects.filter(usager=usager).values_list("token", flat=True)
    SearchToken.objects.bulk_create(
        [SearchToken(usager=usager, token=token) for token in sorted(tokens - set(known))]
    )


def _index_marks(usager: Usager, found: set[Mark]) -> None:
    key = usager.structure.search_key_bytes
    wanted = {
        blind_index(mark.text, domain="rapprochements.likeness", key=key): mark.dated
        for mark in sorted(found, reverse=True)
    }
    known = dict(Likeness.objects.filter(usager=usager).values_list("token", "dated"))
    gone = [token for token, dated in known.items() if wanted.get(token) != dated]
    Likeness.objects.filter(usager=usager, token__in=gone).delete()
    Likeness.objects.bulk_create(
        [
            Likeness(usager=usager, token=token, dated=dated)
            for token, dated in sorted(wanted.items())
            if known.get(token) != dated
        ]
    )


def index_missing() -> int:
    """Fingerprint the people known before this was done, some at each round; how many."""
    missing = Usager.objects.known().filter(~Exists(Likeness.objects.filter(usager=OuterRef("pk"))))
    people = list(missing.select_related("structure").order_by("pk")[:INDEXED_A_ROUND])
    for person in people:
        with transaction.atomic():
            index_likeness(usager=person)
    return len(people)


@transaction.atomic
def distinguish(*, acteur: Acteur, one: Usager, other: Usager, at: datetime) -> Distinction:
    """Someone looked: these are two persons, never proposed together again. Said twice, it is written once.

    Raises:
        MergeRefused: it is twice the same file.
        NotAllowed: the acteur does not see both.
    """
    first, second = sorted((one, other), key=lambda usager: usager.pk)
    if acteur.affectation is None or not permissions.may_merge(acteur, one, other):
        raise NotAllowed
    if first.pk == second.pk:
        raise MergeRefused(_("C’est deux fois le même dossier."))
    row, created = Distinction.objects.get_or_create(
        first=first, second=second, defaults={"said_at": at, "said_by": acteur.affectation}
    )
    if created:
        record_all(
            [
                Line(
                    events.DISTINGUISHED,
                    acteur.author,
                    Subject("usager", usager.public_id),
                    at,
                    usager.public_id,
                )
                for usager in (first, second)
            ]
        )
    return row


def erase_person(*, usager: Usager, at: datetime, **_signal: object) -> None:
    """When a person is erased, the files hidden behind theirs are erased too (P-22), and what looked like them.

    Called by usagers inside its own transaction.
    """
    Likeness.objects.filter(usager=usager).delete()
    Distinction.objects.filter(Q(first=usager) | Q(second=usager)).delete()
    for row in Rapprochement.objects.filter(Q(kept=usager) | Q(merged=usager)).order_by("pk"):
        row.moved, row.set_aside, row.changes = [], [], []
        row.save(update_fields=["moved", "set_aside", "changes"])
    hidden = Usager.objects.filter(merged_into=usager, erased_at=None).order_by("pk")
    for file in hidden.select_related("structure"):
        erase_usager(acteur=SYSTEM_ACTEUR, usager=file, at=at)
