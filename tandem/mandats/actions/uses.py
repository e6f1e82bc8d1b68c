"""One use of a line, written once; the account that an act in absence owes the person."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction as db
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.text import clean_line, clean_text
from tandem.mandats import events, permissions
from tandem.mandats.actions.refused import MandatRefused, NotAllowed
from tandem.mandats.actions.telling import Told, tell
from tandem.mandats.models import Autorisation, Confirmation, Usage
from tandem.mandats.queries.uses import (
    OF_RELEASE,
    OF_THE_SERVICE,
    first_refusal,
    needs_confirmation,
    use_facts,
)
from tandem.mandats.rules import (
    ELSEWHERE,
    RESPONSIBILITY_VERSION,
    AbsenceReason,
    AccountMeans,
    ConfirmationKind,
    Presence,
    UseWay,
)
from tandem.structures.models import Acteur
from tandem.ui.secret_words import kinds_of_secrets
from tandem.usagers.actions import record_contact

# An act in absence is accounted for within this time (P-05).
ACCOUNT_DUE: Final = timedelta(hours=24)


class UseRefused(MandatRefused):
    """The line cannot be used now; the message says which condition does not hold."""

    code = "use_refused"


def record_use(  # noqa: PLR0913 - the facts of one use, each required by P-05 or P-06
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    absence_reason: str,
    service_declared: str,
    relying_party: str,
    transaction: UUID,
    confirmation: Confirmation | None,
    at: datetime,
    elsewhere: UseWay | None = None,
) -> Usage:
    """Write one use, whatever is retried: the same transaction gives the same row.

    `elsewhere`: not through FranceConnect, and how; what only a release asks is then not asked (P-32).

    Every condition of the acteur, the line and the person is read again under the lock; those of the service
    (P-07) are asked of `use_refusal` by the caller, who knows it.

    Raises:
        UseRefused: a condition of S-02 does not hold, or an act in absence gives no reason.
    """
    with db.atomic():
        facts = use_facts(
            acteur=acteur, autorisation=autorisation, presence=presence, at=at, lock=True
        )
        known = Usage.objects.filter(transaction=transaction).first()
        if known is not None:
            return _same(known, autorisation)
        unasked = OF_THE_SERVICE if elsewhere is None else OF_THE_SERVICE | OF_RELEASE
        refused = first_refusal(facts, without=unasked)
        if refused is not None or facts.acteur.affectation is None:
            raise UseRefused(refused or _("Vous n’êtes plus rattaché à cette structure."))
        _check_absence(presence, absence_reason)
        line = facts.line
        usage = Usage.objects.create(
            autorisation=line,
            affectation=facts.acteur.affectation,
            used_at=at,
            presence=presence,
            absence_reason=absence_reason,
            service_declared=clean_line(service_declared)[:200],
            relying_party=relying_party if elsewhere is None else f"{ELSEWHERE}{elsewhere}",
            transaction=transaction,
            confirmation=_confirmation_of(line, confirmation, at),
            account_due_at=at + ACCOUNT_DUE if presence == Presence.ABSENCE else None,
        )
        if presence != Presence.ABSENCE:
            record_contact(usager=line.usager, at=at)
        tell(line.mandat, Told.USED, key=str(usage.public_id), at=at)
        _trace_use(acteur, usage, at)
    return usage


def _same(known: Usage, autorisation: Autorisation) -> Usage:
    if known.autorisation_id != autorisation.pk:
        raise UseRefused(_("Cette connexion a déjà servi à une autre démarche."))
    return known


def _check_absence(presence: str, reason: str) -> None:
    if presence == Presence.ABSENCE and reason not in AbsenceReason.values:
        raise UseRefused(_("Dites pourquoi vous agissez sans la personne."))
    if presence != Presence.ABSENCE and reason:
        raise UseRefused(_("Une raison d’absence ne va pas avec une personne présente."))


def _confirmation_of(
    line: Autorisation, confirmation: Confirmation | None, at: datetime
) -> Confirmation | None:
    """The confirmation given must be this line's, fresh, and a code not spent; a line that needs one has one."""
    if confirmation is None:
        if needs_confirmation(line):
            raise UseRefused(_("La personne doit confirmer cet acte : par un code ou sur papier."))
        return None
    if (
        confirmation.autorisation_id != line.pk
        or not confirmation.confirmed_at <= at < confirmation.valid_until
        or (confirmation.kind == ConfirmationKind.CODE and confirmation.usages.exists())
    ):
        raise UseRefused(_("Cette confirmation n’est plus valable : demandez-en une autre."))
    return confirmation


def _trace_use(acteur: Acteur, usage: Usage, at: datetime) -> None:
    line, confirmation = usage.autorisation, usage.confirmation
    record(
        events.AUTORISATION_USED,
        author=acteur.author,
        subject=Subject("usage", usage.public_id),
        at=at,
        about=line.usager.public_id,
        facts={
            "scope": line.scope,
            "mandat": f"mandat:{line.mandat.public_id}",
            "presence": usage.presence,
            "reason": usage.absence_reason,
            "relying_party": usage.relying_party,
            "transaction": f"transaction:{usage.transaction}",
            "confirmation": "" if confirmation is None else confirmation.kind,
            "sentence": RESPONSIBILITY_VERSION,
            **_waved(usage.service_declared),
        },
    )


def _waved(text: str) -> dict[str, Any]:
    """The kinds of secret that the text still seems to hold: the form let them through on the aidant's word (P-12)."""
    kinds = kinds_of_secrets(text)
    return {"secret_override": kinds} if kinds else {}


def render_account(*, acteur: Acteur, usage: Usage, means: str, text: str, at: datetime) -> Usage:
    """The account of an act in absence reached the person (P-05). Rendered twice, the first stays.

    Raises:
        NotAllowed: not an aidant of the structure.
        MandatRefused: this use owes no account, or nothing is said of what was done.
    """
    if not permissions.may_record(acteur, usage.autorisation.mandat):
        raise NotAllowed(_("Seule la structure du mandat rend ce compte."))
    said = clean_text(text)
    if means not in AccountMeans.values or not said:
        raise MandatRefused(_("Écrivez ce qui a été fait, et comment la personne l’a appris."))
    with db.atomic():
        row = Usage.objects.select_for_update(of=("self",)).get(pk=usage.pk)
        if row.account_due_at is None:
            raise MandatRefused(_("La personne était là : il n’y a pas de compte à rendre."))
        if row.account_rendered_at is not None:
            return row
        row.account_rendered_at, row.account_means, row.account_text = at, means, said
        row.save(update_fields=["account_rendered_at", "account_means", "account_text"])
        record(
            events.ACCOUNT_RENDERED,
            author=acteur.author,
            subject=Subject("usage", row.public_id),
            at=at,
            about=usage.autorisation.usager.public_id,
            facts={"means": means, "late": at > row.account_due_at, **_waved(said)},
        )
    return row
