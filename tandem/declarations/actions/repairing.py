"""« J'ai voulu faire ma déclaration, mais je ne sais pas ce que j'ai fait »: corrected, written, looked at again."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.courriers.actions import Told, write_lettre
from tandem.courriers.modeles import modeles
from tandem.courriers.models import Lettre
from tandem.declarations import events
from tandem.declarations.actions.doors import (
    DeclarationRefused,
    asked,
    at_work_on,
    locked,
    trace,
)
from tandem.declarations.models import Declaration
from tandem.declarations.queries import open_correction_of, sheet_of_declaration, standing_of
from tandem.declarations.rules import unsourced
from tandem.echeances.actions import add_echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.structures.models import Acteur

# In courriers/data/lettres: what it asks is `reference`, `objet`, `periode`, `motif`.
MODELE = "corriger-declaration"


@transaction.atomic
def begin_correction(*, acteur: Acteur, declaration: Declaration, at: datetime) -> Declaration:
    """Write what should have been sent, beside what was; a day to look at the answer is noted. Twice is once.

    Raises:
        DeclarationRefused: it is not sent yet: it is changed, not corrected.
    """
    row = locked(acteur, declaration)
    first = row.corrects or row
    if first.filed_at is None:
        raise DeclarationRefused(_("Cette déclaration n’est pas envoyée : changez-la."))
    waiting = open_correction_of(first)
    if waiting is not None:
        return waiting
    known = standing_of(first)
    values = known.says
    correction = Declaration.objects.create(
        demarche_suivie=row.demarche_suivie,
        corrects=first,
        period_start=first.period_start,
        values=[value.packed() for value in values],
        people=list(known.people),
        unsourced=unsourced(values),
        left_lines=list(known.left_lines),
        created_at=at,
        created_by=at_work_on(acteur, row.demarche_suivie),
    )
    _look_again(acteur, correction, at)
    trace(events.BEGUN, acteur, correction, at, demarche=row.form.slug, kind="correction")
    return correction


def _look_again(acteur: Acteur, row: Declaration, at: datetime) -> None:
    """The dated next step: nobody waits for an answer without a day."""
    noted = Noted(
        kind=EcheanceKind.TO_DO,
        title=_("Vérifier que la correction est prise en compte : %(period)s")
        % {"period": row.period.words},
        due_on=row.usager.local_date(at) + timedelta(days=row.form.check_in),
        missed=_("Un trop-perçu peut être réclamé, ou un paiement manquer."),
    )
    asked(
        lambda: add_echeance(
            acteur=acteur, owner=row.demarche_suivie, noted=noted, key=row.public_id, at=at
        )
    )


@transaction.atomic
def prepare_lettre(
    *, acteur: Acteur, declaration: Declaration, at: datetime, key: UUID | None = None
) -> Lettre:
    """The letter that says the mistake and asks to correct it, filled with what changes. Twice is once.

    Raises:
        DeclarationRefused: it is no correction, or the death of the person is known (P-37).
    """
    row = locked(acteur, declaration)
    if row.corrects is None:
        raise DeclarationRefused(_("Corrigez d’abord : la lettre dira ce qui change."))
    if row.lettre is not None:
        return row.lettre
    followed = row.demarche_suivie
    told = Told(
        values={
            "reference": followed.references.split("\n")[0],
            "objet": followed.name[:1].lower() + followed.name[1:],
            "periode": row.period.words,
            "motif": _said_changes(row),
        },
        recipient=followed.service,
        demarche_suivie=followed,
    )
    lettre = asked(
        lambda: write_lettre(
            acteur=acteur,
            usager=row.usager,
            modele=modeles()[MODELE],
            told=told,
            form_key=key or row.public_id,
            at=at,
        )
    )
    row.lettre = lettre
    row.save(update_fields=["lettre"])
    trace(events.LETTER_PREPARED, acteur, row, at)
    return lettre


def _said_changes(row: Declaration) -> str:
    """One line for each value that changes: what was sent, what is true."""
    return "\n".join(
        _("- %(line)s%(month)s : %(after)s au lieu de %(before)s")
        % {
            "line": change.title,
            "month": f", {change.month}" if change.month else "",
            "after": change.after or _("rien"),
            "before": change.before or _("rien"),
        }
        for change in sheet_of_declaration(row).changes
    )
