"""Where the person may be told something: added, proven by a code, ended. Each change asks for a gesture (S-08)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.models import Gesture
from tandem.comptes.rules import GestureResponse
from tandem.envois.models import Message
from tandem.structures.models import SYSTEM_ACTEUR, Acteur
from tandem.usagers import events
from tandem.usagers.actions.codes import check_confirmation_code, send_code
from tandem.usagers.actions.doors import UsagerRefused, at_work, lock, locked, trace
from tandem.usagers.actions.reading import record_contact
from tandem.usagers.actions.telling import tell_usager
from tandem.usagers.models import Channel, Usager
from tandem.usagers.queries import channel_index, is_of_a_compte, judged_channels, proven_channels
from tandem.usagers.rules import (
    ChannelKind,
    Holder,
    Weakness,
    channel_act,
    clean_channel_value,
    proof_purpose,
    wrong_value,
)


def add_channel(
    *, acteur: Acteur, usager: Usager, kind: ChannelKind, value: str, holder: Holder, response: GestureResponse,
    at: datetime,
) -> Channel:  # fmt: skip
    """Add an address or a mobile number, not yet proven. An aidant's own is marked as such, whatever is said (P-14).

    Raises:
        UsagerRefused: not an address or a mobile number of France, or already there.
        GestureRefused: no valid second factor for this act.
    """
    compte = at_work(acteur).compte
    if not clean_channel_value(kind, value):
        raise UsagerRefused(wrong_value(kind))
    act = channel_act("add", usager.public_id)
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
    """
    desk = at_work(acteur)
    clean = clean_channel_value(kind, value)
    if not clean:
        raise UsagerRefused(wrong_value(kind))
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
    # Without another one, there is nobody to warn elsewhere: the person is there, and proves it next.
    if proven_channels(row):
        _tell_change(channel, "added", at)
    trace(
        events.CHANNEL_ADDED,
        acteur,
        channel,
        at,
        facts={"kind": str(kind), "holder": str(channel.holder)},
        secrets={"value": clean},
    )
    return channel


def send_proof(*, acteur: Acteur, usager: Usager, channel: Channel, at: datetime) -> Message:
    """Send six digits to a channel said to be the person's own; typed back, they prove it.

    Raises:
        UsagerRefused: not held by the person alone, discreet, or shared (P-14).
        CodeRefused: too many codes in a short time.
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
    """
    check_confirmation_code(
        acteur=acteur, usager=usager, purpose=proof_purpose(channel.public_id), code=code, at=at
    )
    with transaction.atomic():
        row = lock(usager)
        Channel.objects.live().filter(pk=channel.pk, usager=row).update(
            proven_at=at, failed_at=None
        )
        channel.proven_at, channel.failed_at = at, None
        record_contact(usager=row, at=at)
        trace(events.CHANNEL_PROVEN, acteur, channel, at)
    return channel


def end_channel(
    *, acteur: Acteur, usager: Usager, channel: Channel, response: GestureResponse, at: datetime
) -> None:
    """Stop using a channel.

    Raises:
        UsagerRefused: already ended.
        GestureRefused: no valid second factor for this act.
    """
    gesture, act = _gesture(acteur, "end", channel, response, at)
    with transaction.atomic():
        row = locked(acteur, usager)
        use_gesture(gesture=gesture, compte=at_work(acteur).compte, act=act, at=at)
        if not Channel.objects.live().filter(pk=channel.pk, usager=row).update(ended_at=at):
            raise UsagerRefused(_("Ce moyen de contact est déjà retiré."))
        _tell_change(channel, "ended", at)
        trace(events.CHANNEL_ENDED, acteur, channel, at)


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
    """
    gesture, act = _gesture(acteur, "discreet", channel, response, at)
    with transaction.atomic():
        row = locked(acteur, usager)
        use_gesture(gesture=gesture, compte=at_work(acteur).compte, act=act, at=at)
        if not Channel.objects.live().filter(pk=channel.pk, usager=row).update(discreet=discreet):
            raise UsagerRefused(_("Ce moyen de contact est déjà retiré."))
        channel.discreet = discreet
        _tell_change(channel, f"discreet_{at:%Y%m%d%H%M%S}", at)
        trace(
            events.CHANNEL_DISCREET,
            acteur,
            channel,
            at,
            secrets={"discreet": "1" if discreet else "0"},
        )
    return channel


def _tell_change(channel: Channel, change: str, at: datetime) -> None:
    """Warn the person on another channel of their own (S-31); none: face to face or on paper.

    The same words whatever changed: that a channel is silenced must not be read over a shoulder (P-36).
    """
    tell_usager(
        usager=channel.usager,
        message=_("Vos moyens de contact ont changé"),
        body=_(
            "Bonjour, votre aidant a changé un moyen de vous joindre. "
            "Ce n’était pas prévu ? Appelez-le, ou allez le voir."
        ),
        key=f"usagers.channel_{change}:{channel.public_id}",
        at=at,
        besides=channel,
    )


def _gesture(
    acteur: Acteur, verb: str, channel: Channel, response: GestureResponse, at: datetime
) -> tuple[Gesture, str]:
    compte, act = at_work(acteur).compte, channel_act(verb, channel.public_id)
    return verify_gesture(compte=compte, act=act, response=response, at=at), act


@transaction.atomic
def demote_channel(*, channel: Channel, at: datetime) -> None:
    """A message came back undelivered: the channel carries nothing until it is proven again (R-14)."""
    live = Channel.objects.live().filter(pk=channel.pk, failed_at=None)
    if not live.update(proven_at=None, failed_at=at):
        return
    trace(events.CHANNEL_FAILED, SYSTEM_ACTEUR, channel, at, facts={"kind": channel.kind})
