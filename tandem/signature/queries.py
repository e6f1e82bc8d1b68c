"""Drafts: what an aidant is preparing, and what signing would change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BigAutoField, DateTimeField, QuerySet, UUIDField
from django.utils.translation import gettext as _

from tandem.kernel.crypto import blind_index
from tandem.kernel.prepared import Prepared
from tandem.kernel.refusals import Refusal
from tandem.mandats.actions import Signing
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.queries import as_lines, live_lines, wanted_lines
from tandem.mandats.rules import Difference, difference, is_fresh, replaced_by
from tandem.referentiels.queries import ScopeDescription, describe_scopes
from tandem.signature.models import Draft
from tandem.signature.rules import Answers, Step, missing_step
from tandem.structures.models import Acteur, Structure
from tandem.usagers.actions.identity import identity_index, sub_index
from tandem.usagers.models import Usager


class DraftUnknown(Refusal):
    """No such draft of this person: signed long ago, expired, or never theirs."""

    status = 404
    code = "not_found"


class DraftOfAnotherStructure(Refusal):
    """The draft was begun for another structure than the one the person now works for."""


def drafts_visible_to(acteur: Acteur, *, at: datetime) -> QuerySet[Draft]:
    """The unsigned drafts of this acteur, for the structure they now work for."""
    return (
        Draft.objects.filter(affectation=acteur.affectation, mandat=None, expires_at__gt=at)
        .select_related("affectation__structure", "usager__structure", "renews")
        .order_by("-started_at", "-pk")
    )


# Read by every page of the wizard; what a draft renews or comes from, when it does, is read by who shows it.
_OWN = Prepared(
    lambda public_id, compte, at: (
        Draft.objects.filter(public_id=public_id, affectation__compte_id=compte, expires_at__gt=at)
        .select_related("usager")
        .order_by()
    ),
    UUIDField(),
    BigAutoField(),
    DateTimeField(),
)


def draft_of(acteur: Acteur, public_id: UUID, *, at: datetime) -> Draft:
    """One draft of this person, signed ones included: its pages then show the result.

    Raises:
        DraftUnknown: someone else's, or expired.
        DraftOfAnotherStructure: their own, begun under another affectation.
    """
    draft = None if acteur.compte is None else _OWN.first(public_id, acteur.compte.pk, at)
    if draft is None:
        raise DraftUnknown(
            _(
                "Ce mandat en préparation n’existe plus. Un brouillon est gardé 24 heures : commencez-en un autre."
            )
        )
    if acteur.affectation is None or draft.affectation_id != acteur.affectation.pk:
        raise DraftOfAnotherStructure(
            _(
                "Ce mandat est préparé pour %(structure)s, et vous agissez maintenant pour une autre "
                "structure. Revenez à la première pour le signer, ou commencez-en un autre."
            )
            % {"structure": draft.affectation.structure.name}
        )
    return with_acteur(draft, acteur)


def with_acteur(draft: Draft, acteur: Acteur) -> Draft:
    """The draft of this acteur, holding their affectation and structure as they were just read."""
    if acteur.affectation is not None and draft.affectation_id == acteur.affectation.pk:
        draft.affectation = acteur.affectation
        usager, structure = draft.usager, draft.affectation.structure
        if usager is not None and usager.structure_id == structure.pk:
            usager.structure = structure
    return draft


def answers_of(draft: Draft) -> Answers:
    """What was answered so far."""
    return Answers.from_json(draft.content)


def signing_of(draft: Draft) -> Signing:
    """What signing this draft would sign."""
    return Signing(
        affectation=draft.affectation,
        agreement=answers_of(draft),
        usager=draft.usager,
        identified_at=draft.identified_at,
        renews=draft.renews,
        transferred_from=draft.transferred_from,
    )


def mark_of(draft: Draft) -> str:
    """What the recap shows, as a mark that its form carries: another person or another answer has another mark."""
    about = (draft.usager_id, draft.identified_at, draft.renews_id, draft.transferred_from_id)
    shown = json.dumps([draft.content, [str(one) for one in about]], sort_keys=True)
    return blind_index(shown, domain=f"signature.recap:{draft.public_id}")


def step_of(draft: Draft, *, at: datetime) -> Step:
    """The first question still without an answer; an identification too old is asked again."""
    return missing_step(answers_of(draft), identified=is_fresh(draft.identified_at, at=at))


@dataclass(frozen=True)
class DraftLine:
    """One line of a draft in the words shown to the person, and how the aidant may act."""

    scope: ScopeDescription
    presence: tuple[str, ...]


def draft_lines(answers: Answers) -> list[DraftLine]:
    """The lines chosen so far, in words."""
    return [
        DraftLine(scope, tuple(answers.presence.get(scope.scope, ())))
        for scope in describe_scopes(answers.scopes)
    ]


@dataclass(frozen=True)
class Changes:
    """What signing would change to what the person already signed in this structure."""

    difference: Difference
    replaced: tuple[Autorisation, ...]


def changes_by(
    answers: Answers, *, usager: Usager | None, at: datetime, renews: Mandat | None = None
) -> Changes | None:
    """What the draft changes to the live lines it ends; None when it ends nothing.

    A renewal ends the whole mandat renewed, the lines it drops included.
    """
    if usager is None:
        return None
    live = live_lines(usager, at=at)
    before = as_lines(live)
    wanted = wanted_lines(answers)
    scopes = set(replaced_by(wanted, before))
    ended = [row for row in live if row.scope in scopes or (renews and row.mandat_id == renews.pk)]
    if not ended:
        return None
    return Changes(difference=difference(as_lines(ended), wanted), replaced=tuple(ended))


def person_of_identity(structure: Structure, identity: Mapping[str, str]) -> Usager | None:
    """The file that this structure already has of the person FranceConnect vouches for."""
    rows = Usager.objects.known().filter(structure=structure).select_related("structure")
    index = identity_index(dict(identity))
    by_sub = rows.filter(sub_index=sub_index(identity["sub"])).first()
    return by_sub or (rows.filter(identity_index=index).first() if index else None)
