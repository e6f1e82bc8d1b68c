"""Preparing a mandat with the person, until it can be signed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import BigAutoField, DateTimeField
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.journal.rules import Subject
from tandem.kernel.prepared import Prepared
from tandem.mandats.actions import IdentityRefused, MandatRefused, NotAllowed
from tandem.mandats.actions.checks import check_answers, check_renewal
from tandem.mandats.models import Mandat
from tandem.mandats.permissions import may_record
from tandem.mandats.rules import Alone, ConsentMethod, allowed_durees, is_fresh
from tandem.oidc_client import actions as oidc
from tandem.oidc_client.rules import VerifiedIdentity
from tandem.signature import events, permissions
from tandem.signature.models import Draft
from tandem.signature.queries import (
    DraftOfAnotherStructure,
    DraftUnknown,
    answers_of,
    draft_of,
    person_of_identity,
    signing_of,
    step_of,
    with_acteur,
)
from tandem.signature.rules import DRAFT_LIFETIME, Answers, Road, Step
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions import (
    answer_protection,
    check_confirmation_code,
    send_confirmation_code,
)
from tandem.usagers.models import Usager
from tandem.usagers.queries import proven_channel, suivis_of
from tandem.usagers.rules import Protected, is_adult

PURPOSE: Final = "mandat"


def start_draft(*, acteur: Acteur, usager: Usager | None, at: datetime) -> Draft:
    """Begin a mandat, with someone known or not yet. Asked twice, the untouched draft is given again.

    Raises:
        NotAllowed: the acteur may not act.
    """
    if not permissions.may_prepare(acteur) or acteur.affectation is None:
        raise NotAllowed(_("Vous ne pouvez pas préparer de mandat en ce moment."))
    with transaction.atomic():
        # The same desk asks once at a time: a double click makes one draft (S-24).
        Affectation.objects.select_for_update(of=("self",), no_key=True).get(
            pk=acteur.affectation.pk
        )
        rows = Draft.objects.filter(
            affectation=acteur.affectation,
            usager=usager,
            mandat=None,
            renews=None,
            expires_at__gt=at,
        )
        latest = rows.order_by("-started_at", "-pk").first()
        if latest is not None and not answers_of(latest).scopes:
            return latest
        return Draft.objects.create(
            affectation=acteur.affectation,
            usager=usager,
            content=Answers().to_json(),
            started_at=at,
            expires_at=at + DRAFT_LIFETIME,
        )


def start_renewal(*, acteur: Acteur, mandat: Mandat, at: datetime) -> Draft:
    """A draft with the same lines, to be confirmed afresh by the person; signed by `sign_mandat`.

    Raises:
        NotAllowed: not an aidant of the structure.
        MandatRefused: the mandat is over.
    """
    if not may_record(acteur, mandat) or acteur.affectation is None:
        raise NotAllowed(_("Seule la structure de ce mandat peut le prolonger."))
    live = list(mandat.autorisations.active(at=at).order_by("pk"))
    if not live:
        raise MandatRefused(_("Ce mandat est terminé : faites-en un nouveau avec la personne."))
    answers = Answers(
        scopes=tuple(row.scope for row in live),
        duree=mandat.duree if mandat.duree in allowed_durees([row.scope for row in live]) else "",
        presence={row.scope: list(row.presence_allowed) for row in live},
        road=Road.PAPER if mandat.consent_method == ConsentMethod.PAPER else Road.FRANCECONNECT,
    )
    with transaction.atomic():
        Affectation.objects.select_for_update(of=("self",), no_key=True).get(
            pk=acteur.affectation.pk
        )
        rows = Draft.objects.filter(
            affectation=acteur.affectation, renews=mandat, mandat=None, expires_at__gt=at
        )
        return rows.order_by("-pk").first() or Draft.objects.create(
            affectation=acteur.affectation,
            usager=mandat.usager,
            renews=mandat,
            content=answers.to_json(),
            started_at=at,
            expires_at=at + DRAFT_LIFETIME,
        )


def save_answers(*, acteur: Acteur, draft: Draft, at: datetime, **changes: Any) -> Draft:
    """Keep the answers to one page; what followed from the former ones is forgotten.

    Raises:
        NotAllowed: not the owner, or working for another structure.
        MandatRefused: the answer does not hold, or the draft is signed.
    """
    with transaction.atomic():
        row = locked(acteur, draft, at)
        former = answers_of(row)
        answers = former.answered(**changes)
        if answers.scopes != former.scopes:
            answers = _forget_what_depends_on_scopes(answers)
        check_answers(acteur, answers, changes)
        if not answers.points:
            row.identified_at = None
        save_content(row, answers)
    return row


def answer_protection_questions(
    *, acteur: Acteur, draft: Draft, protected: str, alone: str, at: datetime
) -> Draft:
    """What was answered about age, protection and free speech; a measure announced freezes a known file at once.

    Raises:
        MandatRefused: no answer.
    """
    if protected not in {Protected.NONE, Protected.MINOR, Protected.PROTECTION} or alone not in set(
        Alone
    ):
        raise MandatRefused(_("Répondez aux deux questions."))
    with transaction.atomic():
        row = locked(acteur, draft, at)
        save_content(row, answers_of(row).answered(protected=protected, alone=alone))
        if row.usager is not None and protected != Protected.NONE:
            answer_protection(acteur=acteur, usager=row.usager, answer=Protected(protected), at=at)
    return row


def _forget_what_depends_on_scopes(answers: Answers) -> Answers:
    kept = {scope: ways for scope, ways in answers.presence.items() if scope in answers.scopes}
    duree = answers.duree if answers.duree in allowed_durees(answers.scopes) else ""
    return answers.answered(presence=kept, duree=duree)


def discard_draft(*, acteur: Acteur, draft: Draft, at: datetime) -> None:
    """Give a draft up: nothing of it is kept."""
    with transaction.atomic():
        locked(acteur, draft, at).delete()


def hand_over_draft(*, draft_id: UUID, from_: Affectation, to: Affectation, at: datetime) -> Draft:
    """A colleague called for help goes on with a draft, in the same structure; the caller has asked whether they may.

    What was answered stays. The identity goes: whoever signs has seen the person identify.

    Raises:
        DraftUnknown: signed, given up, expired, not of that aidant; or of someone whom the colleague does not follow.
    """
    with transaction.atomic():
        row = (
            Draft.objects.select_for_update(of=("self",))
            .filter(
                public_id=draft_id,
                affectation=from_,
                mandat=None,
                signing_at=None,
                expires_at__gt=at,
            )
            .first()
        )
        if row is None or from_.structure_id != to.structure_id or not _sees(to, row.usager):
            raise DraftUnknown(_("Ce mandat en préparation n’existe plus."))
        row.affectation, row.identified_at = to, None
        row.save(update_fields=["affectation"])
        save_content(row, answers_of(row).answered(identity={}, identity_confirmed=False))
    return row


def _sees(affectation: Affectation, usager: Usager | None) -> bool:
    """A file kept to those who follow the person stays so, a call for help included (P-10)."""
    if usager is None or usager.team_access:
        return True
    return suivis_of(usager).filter(affectation=affectation).exists()


def begin_identification(
    *,
    acteur: Acteur,
    draft: Draft,
    binding: str,
    redirect_uri: str,
    post_logout_uri: str,
    at: datetime,
) -> str:
    """The address of FranceConnect where the person identifies, in this browser.

    Raises:
        MandatRefused: a question before is without an answer.
        NotAllowed: in a sandbox, FranceConnect is never asked anything (A-14).
        FranceConnectUnavailable: FranceConnect does not answer; the draft is kept.
    """
    _check_may_continue(acteur, draft)
    if acteur.is_practising or draft.affectation.structure.is_practice:
        raise NotAllowed(_("En entraînement, FranceConnect n’est jamais appelé."))
    if step_of(draft, at=at) not in {Step.IDENTIFICATION, Step.IDENTITY, Step.RECAP}:
        raise MandatRefused(_("Il reste des questions avant l’identification."))
    _check_road(draft)
    return oidc.begin_identification(
        purpose=PURPOSE,
        reference=draft.public_id,
        binding=binding,
        redirect_uri=redirect_uri,
        post_logout_uri=post_logout_uri,
        at=at,
    )


def receive_identity(
    *, acteur: Acteur, params: Mapping[str, str], binding: str, redirect_uri: str, at: datetime
) -> str:
    """Keep, encrypted, the identity FranceConnect answers, and give where to log out of it at once.

    Raises:
        IdentificationRefused, FranceConnectUnavailable: see oidc_client; the draft is kept.
    """
    done = oidc.complete_identification(
        params=params, binding=binding, purpose=PURPOSE, redirect_uri=redirect_uri, at=at
    )
    # FranceConnect's session is closed whatever happened to the draft; its page then says what did.
    with suppress(DraftUnknown, DraftOfAnotherStructure, MandatRefused):
        draft = draft_of(acteur, done.reference, at=at)
        keep_identity(acteur=acteur, draft=draft, verified=done.identity, at=at)
    return done.identity.logout_url


def keep_identity(
    *, acteur: Acteur, draft: Draft, verified: VerifiedIdentity, at: datetime
) -> None:
    """Keep, encrypted, who identified: whoever calls knows that it is them."""
    with transaction.atomic():
        row = locked(acteur, draft, at)
        _check_road(row)
        answers = answers_of(row).answered(
            identity={"sub": verified.sub, "acr": verified.acr, **asdict(verified.identity)},
            identity_confirmed=False,
        )
        row.identified_at = at
        save_content(row, answers)
        record(
            events.IDENTITY_RECEIVED,
            author=acteur.author,
            subject=Subject("draft", row.public_id),
            at=at,
            facts={"acr": verified.acr},
        )


def _check_road(draft: Draft) -> None:
    if answers_of(draft).road == Road.PAPER:
        raise MandatRefused(_("Ce mandat se signe sur papier."))


def confirm_identity(*, acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The person sees their name on screen, and it is them (identity.md, decision 5).

    Raises:
        IdentityRefused: the identification is too old, or the person is a minor (P-33).
    """
    with transaction.atomic():
        row = locked(acteur, draft, at)
        answers = answers_of(row)
        if not answers.identity or not is_fresh(row.identified_at, at=at):
            raise IdentityRefused(
                _("L’identification date de plus de dix minutes : recommencez-la.")
            )
        today = at.astimezone(row.affectation.structure.zone).date()
        if not is_adult(answers.identity["birthdate"], on=today):
            raise IdentityRefused(
                _(
                    "La personne est mineure : elle ne peut pas signer de mandat. Aidez-la à côté d’elle."
                )
            )
        row.usager = _person_identified(row, answers)
        row.save(update_fields=["usager"])
        save_content(row, answers.answered(identity_confirmed=True))
    return row


def _person_identified(draft: Draft, answers: Answers) -> Usager | None:
    """The file of the person who identified, if the structure has one; never another than the one expected.

    Someone known until now only by what they said gets a file of their own at signature: nothing shows that
    both are the same person.
    """
    found = person_of_identity(draft.affectation.structure, answers.identity)
    expected = draft.usager
    if expected is not None and found != expected and (found is not None or expected.sub_index):
        raise IdentityRefused(
            _("La personne qui s’est identifiée n’est pas celle de ce mandat. Rien n’est signé.")
        )
    return found


def reject_identity(*, acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The identity received is not this person's: it is forgotten, and asked again."""
    with transaction.atomic():
        row = locked(acteur, draft, at)
        row.identified_at = None
        save_content(row, answers_of(row).answered(identity={}, identity_confirmed=False))
    return row


def send_renewal_code(*, acteur: Acteur, draft: Draft, at: datetime) -> None:
    """Send the person a code that will say their agreement to this renewal.

    Raises:
        MandatRefused: wider or later than the mandat renewed, or no proven channel.
    """
    _check_may_continue(acteur, draft)
    person = check_renewal(signing_of(draft), at=at)
    if proven_channel(person) is None:
        raise MandatRefused(
            _(
                "La personne n’a pas de moyen de contact prouvé : elle s’identifie avec FranceConnect."
            )
        )
    send_confirmation_code(acteur=acteur, usager=person, purpose=_renewal_purpose(draft), at=at)


def receive_renewal_code(*, acteur: Acteur, draft: Draft, code: str, at: datetime) -> Draft:
    """The person gave the code they received: the draft can be signed, within ten minutes, once.

    Raises:
        CodeRefused: wrong, too old, or tried too often.
        MandatRefused: see `send_renewal_code`.
    """
    _check_may_continue(acteur, draft)
    person = check_renewal(signing_of(draft), at=at)
    check_confirmation_code(
        acteur=acteur, usager=person, purpose=_renewal_purpose(draft), code=code, at=at
    )
    with transaction.atomic():
        row = locked(acteur, draft, at)
        row.identified_at = at
        save_content(row, answers_of(row).answered(identity={}, identity_confirmed=False))
    return row


def _renewal_purpose(draft: Draft) -> str:
    return f"mandat.renew:{draft.public_id}"


def _check_may_continue(acteur: Acteur, draft: Draft) -> None:
    if not permissions.may_continue(acteur, draft):
        raise NotAllowed(
            _("Ce mandat est préparé par quelqu’un d’autre, ou pour une autre structure.")
        )


def locked(acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The draft read again and kept until the end of the transaction."""
    row = _LOCKED.first(draft.pk, at)
    if row is None:
        raise MandatRefused(_("Ce mandat en préparation n’existe plus : commencez-en un autre."))
    _check_may_continue(acteur, row)
    if row.mandat_id is not None:
        raise MandatRefused(_("Ce mandat est déjà signé."))
    return with_acteur(row, acteur)


_LOCKED = Prepared(
    lambda pk, at: Draft.objects.select_for_update().filter(pk=pk, expires_at__gt=at).order_by(),
    BigAutoField(),
    DateTimeField(),
)


def save_content(row: Draft, answers: Answers) -> None:
    row.content = answers.to_json()
    row.save(update_fields=["content", "identified_at"])
