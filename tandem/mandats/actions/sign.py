"""Signing: one person, one identification, one gesture, one mandat."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.models import Gesture
from tandem.comptes.rules import GestureResponse
from tandem.journal.actions import record_all
from tandem.journal.rules import Event, Fact, Line, Subject
from tandem.mandats import events, permissions
from tandem.mandats.actions.checks import aidants_named, check_answers, check_renewal
from tandem.mandats.actions.drafts import IdentityRefused
from tandem.mandats.actions.ends import end_lines, lock_usager, open_lines
from tandem.mandats.actions.refused import MandatRefused, NotAllowed
from tandem.mandats.actions.statement import statement_of
from tandem.mandats.actions.telling import Told, tell
from tandem.mandats.models import Autorisation, Draft, Mandat, MandatAidant
from tandem.mandats.queries import answers_of, as_lines, wanted_lines
from tandem.mandats.queries.verification import code_index
from tandem.mandats.rules import (
    COOL_OFF,
    Alone,
    Answers,
    ConsentMethod,
    ContactKind,
    Duree,
    EndKind,
    Step,
    difference,
    ends_at,
    is_fresh,
    missing_step,
    replaced_by,
)
from tandem.mandats.snapshot import canonical, seal_of
from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.structures.models import Acteur
from tandem.structures.queries import reread
from tandem.usagers.actions import answer_protection, identify_usager, inscribe_channel
from tandem.usagers.models import Usager
from tandem.usagers.queries import channel_index, channels_of, signing_refusal
from tandem.usagers.rules import ChannelKind, Holder, Protected, clean_channel_value

# How long one request may hold a draft to sign it, and how a second one waits for its result.
CLAIM: Final = timedelta(seconds=30)
_WAITS: Final = 50
_WAIT_SECONDS: Final = 0.1


def sign_act(draft: Draft) -> str:
    """The name of the act that the gesture is bound to."""
    return f"mandat.sign:{draft.public_id}"


def sign_mandat(*, acteur: Acteur, draft: Draft, response: GestureResponse, at: datetime) -> Mandat:
    """Sign the draft, once; the same draft signed again gives the same mandat (S-24, R-09).

    Raises:
        MandatRefused: something changed since the draft was prepared; the draft is kept.
        IdentityRefused: the identification is too old, or another person's.
        GestureRefused: the second factor was not shown.
    """
    if not permissions.may_continue(acteur, draft) or acteur.compte is None:
        raise NotAllowed(
            _("Ce mandat est préparé par quelqu’un d’autre, ou pour une autre structure.")
        )
    signed = _signed(draft)
    if signed is not None:
        return signed
    if not _claim(draft, at):
        return _wait_for_result(draft)
    try:
        gesture = verify_gesture(
            compte=acteur.compte, act=sign_act(draft), response=response, at=at
        )
        return sign_draft(acteur=acteur, draft=draft, gesture=gesture, at=at)
    finally:
        Draft.objects.filter(pk=draft.pk).update(signing_at=None)


def _signed(draft: Draft) -> Mandat | None:
    return Mandat.objects.filter(draft=draft).select_related("structure", "usager").first()


def _claim(draft: Draft, at: datetime) -> bool:
    """Be the one request that signs: a double click must not spend a second gesture."""
    free = Q(signing_at=None) | Q(signing_at__lt=at - CLAIM)
    rows = Draft.objects.filter(free, pk=draft.pk, mandat=None)
    return bool(rows.update(signing_at=at))


def _wait_for_result(draft: Draft) -> Mandat:
    for _i in range(_WAITS):
        signed = _signed(draft)
        if signed is not None:
            return signed
        if not Draft.objects.filter(pk=draft.pk, signing_at__isnull=False).exists():
            break
        time.sleep(_WAIT_SECONDS)
    raise MandatRefused(
        _("La signature n’a pas abouti. Vérifiez la liste des mandats, puis recommencez.")
    )


def sign_draft(*, acteur: Acteur, draft: Draft, gesture: Gesture | None, at: datetime) -> Mandat:
    """The transaction of a signature, below the gesture: everything stands, or nothing.

    Raises: as `sign_mandat`.
    """
    with transaction.atomic():
        row = _draft_to_sign(acteur, draft, at)
        if gesture is not None:
            use_gesture(gesture=gesture, compte=gesture.compte, act=sign_act(draft), at=at)
        answers = answers_of(row)
        consent = ConsentMethod.FRANCECONNECT if answers.identity else ConsentMethod.CODE
        check_answers(acteur, answers)
        usager = _usager_of(acteur, row, answers, at)
        _inscribe_channel(acteur, usager, answers, at)
        live = open_lines(usager=usager)
        mandat = _create(acteur, row, answers, usager, consent, at)
        lines = [_signed_line(acteur, mandat, answers, at)]
        lines += _end_replaced(acteur, mandat, row, live, at)
        lines += _open_lines(acteur, mandat, answers, at)
        _close_draft(row, mandat)
        tell(mandat, Told.SIGNED, key=str(mandat.public_id), at=at)
        record_all(lines)
    return mandat


def _draft_to_sign(acteur: Acteur, draft: Draft, at: datetime) -> Draft:
    """The draft read again under its lock, and everything that may have changed since it was shown."""
    row = (
        Draft.objects.select_for_update(of=("self",))
        .select_related(
            "affectation__structure",
            "affectation__compte",
            "usager__structure",
            "renews",
            "transferred_from",
        )
        .filter(pk=draft.pk, expires_at__gt=at, mandat=None)
        .first()
    )
    if row is None:
        raise MandatRefused(_("Ce mandat en préparation n’existe plus : commencez-en un autre."))
    if not permissions.may_continue(reread(acteur), row):
        raise NotAllowed(_("Vous ne pouvez plus agir pour cette structure."))
    if not is_fresh(row.identified_at, at=at):
        raise IdentityRefused(
            _("L’identification date de plus de dix minutes. La personne s’identifie à nouveau.")
        )
    if missing_step(answers_of(row), identified=True) is not Step.RECAP:
        raise MandatRefused(_("Il reste des questions sans réponse : reprenez le mandat."))
    return row


def _usager_of(acteur: Acteur, draft: Draft, answers: Answers, at: datetime) -> Usager:
    """The person who signs, locked: found again or welcomed, of age, free to sign."""
    if answers.identity:
        usager = identify_usager(acteur=acteur, verified=_verified(answers), at=at)
        if draft.usager_id is not None and draft.usager_id != usager.pk:
            raise IdentityRefused(
                _(
                    "La personne qui s’est identifiée n’est pas celle de ce mandat. Rien n’est signé."
                )
            )
    else:
        usager = check_renewal(draft, answers, at=at)
    lock_usager(usager)
    if usager.protected != Protected.NONE:
        usager = answer_protection(
            acteur=acteur, usager=usager, answer=Protected(answers.protected), at=at
        )
    refusal = signing_refusal(usager, at)
    if refusal is not None:
        raise MandatRefused(refusal)
    return usager


def _verified(answers: Answers) -> VerifiedIdentity:
    values = dict(answers.identity)
    sub, acr = values.pop("sub"), values.pop("acr")
    return VerifiedIdentity(sub=sub, acr=acr, identity=PivotIdentity(**values), logout_url="")


def _inscribe_channel(acteur: Acteur, usager: Usager, answers: Answers, at: datetime) -> None:
    """The new channel that the mandat names, under the gesture that signs it; known already, it stays."""
    if answers.contact_kind not in {ContactKind.SMS, ContactKind.EMAIL}:
        return
    kind = ChannelKind(answers.contact_kind)
    index = channel_index(kind, clean_channel_value(kind, answers.contact_value))
    if not channels_of(usager).filter(value_index=index).exists():
        inscribe_channel(
            acteur=acteur,
            usager=usager,
            kind=kind,
            value=answers.contact_value,
            holder=Holder(answers.contact_holder),
            at=at,
        )


def _create(  # noqa: PLR0917 - one caller, in this file
    acteur: Acteur,
    draft: Draft,
    answers: Answers,
    usager: Usager,
    consent: ConsentMethod,
    at: datetime,
) -> Mandat:
    structure = draft.affectation.structure
    duree = Duree(answers.duree)
    end = ends_at(duree, signed_at=at, tz=structure.zone)
    named = aidants_named(acteur, answers)
    statement = statement_of(
        draft=draft,
        answers=answers,
        usager=usager,
        consent=consent,
        ends_at=end,
        at=at,
        named=named,
    )
    text = canonical(statement)
    mandat = Mandat.objects.create(
        structure=structure,
        usager=usager,
        signed_by=draft.affectation,
        signed_at=at,
        ends_at=end,
        duree=duree,
        snapshot=text,
        seal=seal_of(text),
        text_version=answers.text_version,
        language=statement["text"]["language"],
        consent_method=consent,
        rung=usager.rung,
        verification_code=statement["verification_code"],
        verification_index=code_index(statement["verification_code"]),
        whole_team=not answers.aidants,
        cool_off_until=at + COOL_OFF if answers.alone == Alone.LATER else None,
        renews=draft.renews,
        transferred_from=draft.transferred_from,
    )
    MandatAidant.objects.bulk_create(
        MandatAidant(mandat=mandat, affectation=affectation) for affectation in named
    )
    return mandat


def _signed_line(acteur: Acteur, mandat: Mandat, answers: Answers, at: datetime) -> Line:
    facts: dict[str, Fact] = {
        "scopes": list(answers.scopes),
        "duree": mandat.duree,
        "ends_at": mandat.ends_at.isoformat(),
        "consent": mandat.consent_method,
        "language": mandat.language,
        "text": f"{answers.text_version}/{answers.text_name}",
        "reader": answers.reader,
        "seal": mandat.seal,
        "team": mandat.whole_team,
        "rung": mandat.rung,
    }
    return _line(events.MANDAT_SIGNED, acteur, mandat, at, facts)


def _line(
    event: Event, acteur: Acteur, mandat: Mandat, at: datetime, facts: dict[str, Fact]
) -> Line:
    subject = Subject("mandat", mandat.public_id)
    return Line(event, acteur.author, subject, at, mandat.usager.public_id, facts)


def _end_replaced(
    acteur: Acteur, mandat: Mandat, draft: Draft, live: Sequence[Autorisation], at: datetime
) -> list[Line]:
    """End what is past, then what the new mandat replaces, at the same instant."""
    past = [row for row in live if row.ends_at <= at]
    lines = end_lines(past, kind=EndKind.EXPIRED, author=acteur.author, at=at)
    open_now = [row for row in live if row.ends_at > at]
    wanted = wanted_lines(answers_of(draft))
    scopes = set(replaced_by(wanted, as_lines(open_now)))
    replaced = [row for row in open_now if row.scope in scopes or _is_renewed(row, draft)]
    if draft.transferred_from is not None:
        replaced += _transferred(mandat, draft.transferred_from, at)
    if not replaced:
        return lines
    changed = difference(as_lines(replaced), wanted)
    facts: dict[str, Fact] = {
        "kind": "renewed"
        if draft.renews_id
        else "transferred"
        if draft.transferred_from_id
        else "replaced",
        "former": sorted({f"mandat:{row.mandat.public_id}" for row in replaced}),
        "added": list(changed.added),
        "removed": list(changed.removed),
        "widened": list(changed.widened),
        "narrowed": list(changed.narrowed),
    }
    lines.append(_line(events.MANDAT_CHANGED, acteur, mandat, at, facts))
    return lines + end_lines(replaced, kind=EndKind.SUPERSEDED, author=acteur.author, at=at)


def _is_renewed(row: Autorisation, draft: Draft) -> bool:
    """A renewal replaces the whole former mandat, the lines it drops included."""
    return draft.renews_id is not None and row.mandat_id == draft.renews_id


def _transferred(mandat: Mandat, former: Mandat, at: datetime) -> list[Autorisation]:
    """The lines of the mandat brought from another structure: of the same person, or nothing is signed."""
    there, here = former.usager, mandat.usager
    known_by = ((there.sub_index, here.sub_index), (there.identity_index, here.identity_index))
    if not any(one and one == other for one, other in known_by):
        raise IdentityRefused(
            _("Le mandat à transférer est celui d’une autre personne. Rien n’est signé.")
        )
    lock_usager(there)
    return [row for row in open_lines(mandat=former) if row.ends_at > at]


def _open_lines(acteur: Acteur, mandat: Mandat, answers: Answers, at: datetime) -> list[Line]:
    rows = [
        Autorisation(
            mandat=mandat,
            structure=mandat.structure,
            usager=mandat.usager,
            scope=line.scope,
            theme=line.theme,
            presence_allowed=answers.presence[line.scope],
            started_at=at,
            ends_at=mandat.ends_at,
        )
        for line in wanted_lines(answers)
    ]
    return [
        Line(
            events.AUTORISATION_OPENED,
            acteur.author,
            Subject("autorisation", row.public_id),
            at,
            mandat.usager.public_id,
            {
                "scope": row.scope,
                "presence": row.presence_allowed,
                "mandat": f"mandat:{mandat.public_id}",
            },
        )
        for row in Autorisation.objects.bulk_create(rows)
    ]


def _close_draft(draft: Draft, mandat: Mandat) -> None:
    """The draft keeps its result for a second click, and nothing else: not the identity."""
    draft.mandat = mandat
    draft.content = {}
    draft.signing_at = None
    draft.save(update_fields=["mandat", "content", "signing_at"])
