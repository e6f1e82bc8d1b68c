"""Simple help: one tap counts it, and nobody is named (P-02)."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements import events
from tandem.accompagnements.actions.doors import AccompagnementRefused
from tandem.accompagnements.models import Aide
from tandem.accompagnements.permissions import may_help, may_undo
from tandem.accompagnements.rules import HABITUAL, AideKind, Way, is_sensitive, row_id
from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.refusals import NotAllowed
from tandem.referentiels.models import Theme
from tandem.structures.models import Acteur


@transaction.atomic
def record_aide(
    *,
    acteur: Acteur,
    kind: AideKind,
    at: datetime,
    way: Way = HABITUAL,
    theme: Theme | None = None,
    key: UUID | None = None,
) -> Aide:
    """Count one help. The same `key` twice counts it once (S-24).

    Raises:
        NotAllowed: not at work here; or it touches financial or personal data, and the acteur is not habilité.
    """
    own, structure = acteur.affectation, acteur.structure
    if not may_help(acteur, kind) or own is None or structure is None:
        raise NotAllowed(
            _(
                "Cette aide touche à l’argent ou à des données personnelles : demandez à un aidant habilité."
            )
            if is_sensitive(kind)
            else _("Vous ne pouvez pas aider au nom de cette structure en ce moment.")
        )
    aide, created = Aide.objects.get_or_create(
        public_id=uuid4() if key is None else row_id(own.public_id, key, kind, way),
        defaults={
            "structure": structure, "affectation": own, "kind": kind, "mode": way.mode, "presence": way.presence,
            "theme": theme, "at": at, "sensitive": is_sensitive(kind),
        },
    )  # fmt: skip
    if created:
        record(
            events.AIDE_RECORDED,
            author=acteur.author,
            subject=Subject("aide", aide.public_id),
            at=at,
            facts={"kind": str(kind), "mode": str(way.mode), "presence": str(way.presence)},
        )
    return aide


@transaction.atomic
def undo_aide(*, acteur: Acteur, aide: Aide, at: datetime) -> None:
    """A tap too many: it is not counted any more.

    Raises:
        AccompagnementRefused: another's, or more than a quarter of an hour ago.
    """
    if not may_undo(acteur, aide, at=at):
        raise AccompagnementRefused(_("C’est compté depuis plus d’un quart d’heure : cela reste."))
    if not Aide.objects.filter(pk=aide.pk).delete()[0]:
        return
    record(
        events.AIDE_UNDONE,
        author=acteur.author,
        subject=Subject("aide", aide.public_id),
        at=at,
    )
