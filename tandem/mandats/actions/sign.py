"""Signing: one person, one identification, one mandat, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record_all
from tandem.journal.rules import Event, Fact, Line, Subject
from tandem.mandats import events, permissions
from tandem.mandats.actions.checks import (
    aidants_named,
    check_answers,
    check_handwritten,
    check_renewal,
    check_text,
)
from tandem.mandats.actions.ends import end_lines, lock_usager, open_lines
from tandem.mandats.actions.refused import IdentityRefused, MandatRefused, NotAllowed
from tandem.mandats.actions.signing import Signing
from tandem.mandats.actions.statement import statement_of
from tandem.mandats.actions.telling import Told, tell
from tandem.mandats.models import Autorisation, Mandat, MandatAidant
from tandem.mandats.queries import as_lines, wanted_lines
from tandem.mandats.queries.verification import code_index
from tandem.mandats.rules import (
    COOL_OFF,
    Agreement,
    Alone,
    ConsentMethod,
    ContactKind,
    Duree,
    EndKind,
    Handwritten,
    difference,
    ends_at,
    is_fresh,
    replaced_by,
)
from tandem.mandats.snapshot import canonical, seal_of
from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.structures.models import Acteur
from tandem.structures.queries import reread
from tandem.usagers.actions import (
    answer_protection,
    identify_usager,
    inscribe_channel,
    record_contact,
)
from tandem.usagers.models import Usager
from tandem.usagers.queries import channel_index, channels_of, signing_refusal
from tandem.usagers.rules import ChannelKind, Holder, Protected, clean_channel_value


def sign_agreement(*, acteur: Acteur, signing: Signing, at: datetime) -> Mandat:
    """Sign what the person agreed to: everything stands, or nothing.

    The caller holds what makes it happen once (its draft), and has the gesture of the aidant. Everything that may
    have changed since the person was asked is asked again here.

    Raises:
        NotAllowed: not the aidant of this agreement, or not allowed any more.
        IdentityRefused: the identification is too old, or another person's.
        MandatRefused: something chosen does not hold any more.
    """
    agreement = signing.agreement
    with transaction.atomic():
        signing = _checked(acteur, signing, at)
        consent = _consent(signing)
        check_answers(acteur, agreement)
        check_text(agreement, paper=signing.handwritten is not None)
        usager = _usager_of(acteur, signing, agreement, at)
        _inscribe_channel(acteur, usager, agreement, at)
        live = open_lines(usager=usager)
        mandat = _create(acteur, signing, agreement, usager, consent, at)
        lines = [_signed_line(acteur, mandat, agreement, at)]
        lines += _end_replaced(acteur, mandat, signing, live, at)
        lines += _open_lines(acteur, mandat, agreement, at)
        tell(mandat, Told.SIGNED, key=str(mandat.public_id), at=at)
        record_all(lines)
    return mandat


def _checked(acteur: Acteur, signing: Signing, at: datetime) -> Signing:
    """The same signing, with the aidant and the structure as the database knows them now."""
    now = reread(acteur)
    if (
        not permissions.may_sign(now)
        or now.affectation is None
        or now.affectation != signing.affectation
    ):
        raise NotAllowed(_("Vous ne pouvez plus agir pour cette structure."))
    if signing.handwritten is None and not is_fresh(signing.identified_at, at=at):
        raise IdentityRefused(
            _("L’identification date de plus de dix minutes. La personne s’identifie à nouveau.")
        )
    return replace(signing, affectation=now.affectation)


def _consent(signing: Signing) -> ConsentMethod:
    if signing.affectation.structure.is_practice:
        return ConsentMethod.PRACTICE
    if signing.handwritten is not None:
        return ConsentMethod.PAPER
    return ConsentMethod.FRANCECONNECT if signing.agreement.identity else ConsentMethod.CODE


def _usager_of(acteur: Acteur, signing: Signing, agreement: Agreement, at: datetime) -> Usager:
    """The person who signs, locked: found again or welcomed, of age, free to sign."""
    if signing.handwritten is not None:
        usager = _person_of_paper(acteur, signing, signing.handwritten, at)
    elif agreement.identity:
        usager = identify_usager(acteur=acteur, verified=_verified(agreement), at=at)
        if signing.usager is not None and signing.usager.pk != usager.pk:
            raise IdentityRefused(
                _(
                    "La personne qui s’est identifiée n’est pas celle de ce mandat. Rien n’est signé."
                )
            )
    else:
        usager = check_renewal(signing, at=at)
    lock_usager(usager)
    if usager.protected != Protected.NONE:
        usager = answer_protection(
            acteur=acteur, usager=usager, answer=Protected(agreement.protected), at=at
        )
    refusal = signing_refusal(usager, at)
    if refusal is not None:
        raise MandatRefused(refusal)
    return usager


def _person_of_paper(acteur: Acteur, signing: Signing, paper: Handwritten, at: datetime) -> Usager:
    """The person who signed by hand, as the database knows them now."""
    if signing.usager is None or signing.agreement.identity:
        raise MandatRefused(_("Ouvrez d’abord le dossier de la personne."))
    lock_usager(signing.usager)
    usager = Usager.objects.select_related("structure").get(pk=signing.usager.pk)
    check_handwritten(acteur, usager, paper, at=at)
    if not paper.absent:
        record_contact(usager=usager, at=at)
    return usager


def _verified(agreement: Agreement) -> VerifiedIdentity:
    values = dict(agreement.identity)
    sub, acr = values.pop("sub"), values.pop("acr")
    return VerifiedIdentity(sub=sub, acr=acr, identity=PivotIdentity(**values), logout_url="")


def _inscribe_channel(acteur: Acteur, usager: Usager, agreement: Agreement, at: datetime) -> None:
    """The new channel that the mandat names, under the gesture that signs it; known already, it stays."""
    if agreement.contact_kind not in {ContactKind.SMS, ContactKind.EMAIL}:
        return
    kind = ChannelKind(agreement.contact_kind)
    index = channel_index(kind, clean_channel_value(kind, agreement.contact_value))
    if not channels_of(usager).filter(value_index=index).exists():
        inscribe_channel(
            acteur=acteur,
            usager=usager,
            kind=kind,
            value=agreement.contact_value,
            holder=Holder(agreement.contact_holder),
            at=at,
        )


def _create(  # noqa: PLR0917 - one caller, in this file
    acteur: Acteur,
    signing: Signing,
    agreement: Agreement,
    usager: Usager,
    consent: ConsentMethod,
    at: datetime,
) -> Mandat:
    structure = signing.affectation.structure
    duree = Duree(agreement.duree)
    end = _end(signing, duree, at)
    named = aidants_named(acteur, agreement)
    statement = statement_of(
        signing=signing,
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
        signed_by=signing.affectation,
        signed_at=at,
        ends_at=end,
        duree=duree,
        snapshot=text,
        seal=seal_of(text),
        text_version=agreement.text_version,
        language=statement["text"]["language"],
        consent_method=consent,
        rung=usager.rung,
        verification_code=statement["verification_code"],
        verification_index=code_index(statement["verification_code"]),
        whole_team=not agreement.aidants,
        cool_off_until=at + COOL_OFF if agreement.alone == Alone.LATER else None,
        renews=signing.renews,
        transferred_from=signing.transferred_from,
    )
    MandatAidant.objects.bulk_create(
        MandatAidant(mandat=mandat, affectation=affectation) for affectation in named
    )
    return mandat


def _end(signing: Signing, duree: Duree, at: datetime) -> datetime:
    """When it ends. On paper, what the sheet prints: counted from the day it was printed."""
    zone = signing.affectation.structure.zone
    if signing.handwritten is None:
        return ends_at(duree, signed_at=at, tz=zone)
    printed = datetime.combine(signing.handwritten.printed_on, time.min, tzinfo=zone)
    end = ends_at(duree, signed_at=printed, tz=zone)
    if end <= at:
        raise MandatRefused(_("Le dernier jour écrit sur cette feuille est passé."))
    return end


def _signed_line(acteur: Acteur, mandat: Mandat, agreement: Agreement, at: datetime) -> Line:
    facts: dict[str, Fact] = {
        "scopes": list(agreement.scopes),
        "duree": mandat.duree,
        "ends_at": mandat.ends_at.isoformat(),
        "consent": mandat.consent_method,
        "language": mandat.language,
        "text": f"{agreement.text_version}/{agreement.text_name}",
        "reader": agreement.reader,
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
    acteur: Acteur, mandat: Mandat, signing: Signing, live: Sequence[Autorisation], at: datetime
) -> list[Line]:
    """End what is past, then what the new mandat replaces, at the same instant."""
    past = [row for row in live if row.ends_at <= at]
    lines = end_lines(past, kind=EndKind.EXPIRED, author=acteur.author, at=at)
    open_now = [row for row in live if row.ends_at > at]
    wanted = wanted_lines(signing.agreement)
    scopes = set(replaced_by(wanted, as_lines(open_now)))
    replaced = [row for row in open_now if row.scope in scopes or _is_renewed(row, signing)]
    if signing.transferred_from is not None:
        replaced += _transferred(mandat, signing.transferred_from, at)
    if not replaced:
        return lines
    changed = difference(as_lines(replaced), wanted)
    facts: dict[str, Fact] = {
        "kind": "renewed"
        if signing.renews
        else "transferred"
        if signing.transferred_from
        else "replaced",
        "former": sorted({f"mandat:{row.mandat.public_id}" for row in replaced}),
        "added": list(changed.added),
        "removed": list(changed.removed),
        "widened": list(changed.widened),
        "narrowed": list(changed.narrowed),
    }
    lines.append(_line(events.MANDAT_CHANGED, acteur, mandat, at, facts))
    return lines + end_lines(replaced, kind=EndKind.SUPERSEDED, author=acteur.author, at=at)


def _is_renewed(row: Autorisation, signing: Signing) -> bool:
    """A renewal replaces the whole former mandat, the lines it drops included."""
    return signing.renews is not None and row.mandat_id == signing.renews.pk


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


def _open_lines(acteur: Acteur, mandat: Mandat, agreement: Agreement, at: datetime) -> list[Line]:
    rows = [
        Autorisation(
            mandat=mandat,
            structure=mandat.structure,
            usager=mandat.usager,
            scope=line.scope,
            theme=line.theme,
            presence_allowed=agreement.presence[line.scope],
            started_at=at,
            ends_at=mandat.ends_at,
        )
        for line in wanted_lines(agreement)
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
