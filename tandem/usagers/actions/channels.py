"""Where the person may be told something: added, proven by a code, ended. Each change asks for a gesture (S-08)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.models import Compte, Gesture
from tandem.comptes.rules import GestureResponse
from tandem.envois.models import Message
from tandem.journal.actions import record
from tandem.journal.rules import SYSTEM, Event, Subject
from tandem.structures.models import Acteur
from tandem.usagers import events
from tandem.usagers.actions.codes import check_code, send_code
from tandem.usagers.actions.doors import NotAllowed, UsagerRefused, at_work, locked
from tandem.usagers.actions.reading import record_contact
from tandem.usagers.models import Channel, Usager
from tandem.usagers.queries import channel_index, is_of_a_compte, judged_channels
from tandem.usagers.rules import (
    ChannelKind,
    Holder,
    Weakness,
    channel_act,
    clean_channel_value,
    proof_purpose,
)


def add_channel(
    *, acteur: Acteur, usager: Usager, kind: ChannelKind, value: str, holder: Holder, response: GestureResponse,
    at: datetime,
) -> Channel:  # fmt: skip
    """Add an address or a mobile number, not yet proven. An aidant's own is marked as such, whatever is said (P-14).

    Raises:
        UsagerRefused: not an address or a mobile number of France, or already there.
        GestureRefused: no valid second factor for this act.
        NotAllowed: the acteur does not see this person.
    """
    at_work(acteur)
    if not clean_channel_value(kind, value):
        raise UsagerRefused(_wrong_value(kind))
    compte, act = _compte(acteur), channel_act("add", usager.public_id)
    gesture = verify_gesture(compte=compte, act=act, response=response, at=at)
    with transaction.atomic():
        use_gesture(gesture=gesture, compte=compte, act=act, at=at)
        return inscribe_channel(
            acteur=acteur, usager=usager, kind=kind, value=value, holder=holder, at=at
        )


@transaction.atomic
def inscribe_channel(
    *, acteur: Acteur, usager: Usager, kind: ChannelKind, value: str, holder: Holder, at: datetime
) -> Channel:
    """`add_channel` inside an act whose own gesture covers it: the signature of a mandat that names the channel.

    Raises:
        UsagerRefused: not an address or a mobile number of France, or already there.
        NotAllowed: the acteur does not see this person.
    """
    desk = at_work(acteur)
    clean = clean_channel_value(kind, value)
    if not clean:
        raise UsagerRefused(_wrong_value(kind))
    row = locked(acteur, usager)
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                usager=row,
                kind=kind,
                value=clean,
                value_index=channel_index(kind, clean),
                holder=Holder.AIDANT if is_of_a_compte(kind, clean) else holder,
                created_at=at,
                created_by=desk.affectation,
            )
    except IntegrityError as error:
        raise UsagerRefused(
            _("Ce moyen de contact est déjà inscrit pour cette personne.")
        ) from error
    record(
        events.CHANNEL_ADDED,
        author=acteur.author,
        subject=_subject(channel),
        at=at,
        about=row.public_id,
        facts={"kind": str(kind), "holder": str(channel.holder)},
        secrets={"value": clean},
    )
    return channel


def _wrong_value(kind: ChannelKind) -> str:
    if kind == ChannelKind.SMS:
        return _(
            "Ce numéro ne semble pas être un portable : il faut 10 chiffres, par exemple 06 12 34 56 78."
        )
    return _(
        "Cette adresse ne semble pas complète : il faut une forme comme prenom.nom@exemple.fr."
    )


def _compte(acteur: Acteur) -> Compte:
    if acteur.compte is None:
        raise NotAllowed(_("Vous ne pouvez pas agir pour des personnes en ce moment."))
    return acteur.compte


def _subject(channel: Channel) -> Subject:
    return Subject("channel", channel.public_id)


def send_proof(*, acteur: Acteur, usager: Usager, channel: Channel, at: datetime) -> Message:
    """Send six digits to a channel said to be the person's own; typed back, they prove it.

    Raises:
        UsagerRefused: not held by the person alone, discreet, or shared (P-14).
        CodeRefused: too many codes in a short time.
        NotAllowed: the acteur does not see this person.
    """
    judged = next((j for j in judged_channels(usager) if j.channel.pk == channel.pk), None)
    if judged is None or judged.weakness not in {None, Weakness.UNPROVEN, Weakness.FAILED}:
        raise UsagerRefused(
            _("Seul un moyen de contact que la personne est seule à lire peut être vérifié.")
        )
    return send_code(
        acteur=acteur,
        usager=usager,
        channel=channel,
        purpose=proof_purpose(channel.public_id),
        at=at,
    )


def prove_channel(
    *, acteur: Acteur, usager: Usager, channel: Channel, code: str, at: datetime
) -> Channel:
    """The person reads the code back: the channel is theirs.

    Raises:
        CodeRefused: wrong, too late, already used, or too many tries.
        NotAllowed: the acteur does not see this person.
    """
    check_code(
        acteur=acteur, usager=usager, purpose=proof_purpose(channel.public_id), code=code, at=at
    )
    with transaction.atomic():
        row = locked(acteur, usager)
        Channel.objects.live().filter(pk=channel.pk, usager=row).update(
            proven_at=at, failed_at=None
        )
        channel.proven_at, channel.failed_at = at, None
        record_contact(usager=row, at=at)
        _trace(events.CHANNEL_PROVEN, acteur, channel, at)
    return channel


def end_channel(
    *, acteur: Acteur, usager: Usager, channel: Channel, response: GestureResponse, at: datetime
) -> None:
    """Stop using a channel.

    Raises:
        UsagerRefused: already ended.
        GestureRefused: no valid second factor for this act.
        NotAllowed: the acteur does not see this person.
    """
    gesture, act = _gesture(acteur, "end", channel, response, at)
    with transaction.atomic():
        row = locked(acteur, usager)
        use_gesture(gesture=gesture, compte=_compte(acteur), act=act, at=at)
        if not Channel.objects.live().filter(pk=channel.pk, usager=row).update(ended_at=at):
            raise UsagerRefused(_("Ce moyen de contact est déjà retiré."))
        _trace(events.CHANNEL_ENDED, acteur, channel, at)


def set_discreet(
    *,
    acteur: Acteur,
    usager: Usager,
    channel: Channel,
    discreet: bool,
    response: GestureResponse,
    at: datetime,
) -> Channel:
    """Send nothing there any more, because someone else may look (P-36); or send again.

    Raises:
        UsagerRefused: the channel has ended.
        GestureRefused: no valid second factor for this act.
        NotAllowed: the acteur does not see this person.
    """
    gesture, act = _gesture(acteur, "discreet", channel, response, at)
    with transaction.atomic():
        row = locked(acteur, usager)
        use_gesture(gesture=gesture, compte=_compte(acteur), act=act, at=at)
        if not Channel.objects.live().filter(pk=channel.pk, usager=row).update(discreet=discreet):
            raise UsagerRefused(_("Ce moyen de contact est déjà retiré."))
        channel.discreet = discreet
        _trace(
            events.CHANNEL_DISCREET,
            acteur,
            channel,
            at,
            secrets={"discreet": "1" if discreet else "0"},
        )
    return channel


def _gesture(
    acteur: Acteur, verb: str, channel: Channel, response: GestureResponse, at: datetime
) -> tuple[Gesture, str]:
    at_work(acteur)
    act = channel_act(verb, channel.public_id)
    return verify_gesture(compte=_compte(acteur), act=act, response=response, at=at), act


def _trace(
    event: Event,
    acteur: Acteur,
    channel: Channel,
    at: datetime,
    *,
    secrets: dict[str, str] | None = None,
) -> None:
    record(
        event,
        author=acteur.author,
        subject=_subject(channel),
        at=at,
        about=channel.usager.public_id,
        secrets=secrets,
    )


@transaction.atomic
def demote_channel(*, channel: Channel, at: datetime) -> None:
    """A message came back undelivered: the channel carries nothing until it is proven again (R-14)."""
    if (
        not Channel.objects.live()
        .filter(pk=channel.pk, failed_at=None)
        .update(proven_at=None, failed_at=at)
    ):
        return
    record(
        events.CHANNEL_FAILED,
        author=SYSTEM,
        subject=_subject(channel),
        at=at,
        about=channel.usager.public_id,
        facts={"kind": channel.kind},
    )
