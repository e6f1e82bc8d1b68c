"""Six digits sent to the person for one purpose, and typed back (P-06)."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.envois.actions import queue_email, queue_sms
from tandem.envois.models import Message
from tandem.kernel.crypto import blind_index
from tandem.kernel.limits import hit
from tandem.kernel.refusals import Refusal
from tandem.structures.models import Acteur
from tandem.usagers import events
from tandem.usagers.actions.doors import UsagerRefused, locked, trace
from tandem.usagers.actions.reading import record_contact
from tandem.usagers.models import Channel, OneTimeCode, Usager
from tandem.usagers.queries import proven_channels, use_refusal
from tandem.usagers.rules import (
    CHANNEL_SETTLES,
    CODE_LIFE,
    CODE_TRIES,
    ChannelKind,
    Rung,
    is_purpose,
)

# The code that someone fictitious reads on their telephone.
PRACTICE_CODE = "123456"
# A click that comes back so soon is the same click: the code on its way stays the right one.
_DOUBLE_CLICK = timedelta(seconds=5)
_TEN_MINUTES = 600
_DAY = 86_400


class CodeRefused(Refusal):
    """The code was not sent, or is not the right one; the message says what to do."""

    status = 422
    code = "code"


def send_confirmation_code(
    *, acteur: Acteur, usager: Usager, purpose: str, at: datetime
) -> Message:
    """Ask the person to confirm one act by a code on a channel proven theirs (P-06, P-14).

    `purpose` names the act, such as `usage:<public id>`: the code opens no other. A new code for the same purpose
    replaces the former, unless that one left this instant. Call it outside a transaction: limits must count what
    is refused.

    Raises:
        UsagerRefused: no channel of the person's own since a day (S-20), or nothing may be done in their name now.
        CodeRefused: too many codes in a short time.
    """
    refusal = use_refusal(usager, at)
    if refusal is not None:
        raise UsagerRefused(refusal)
    return send_code(
        acteur=acteur, usager=usager, channel=_settled_channel(usager, at), purpose=purpose, at=at
    )


def _settled_channel(usager: Usager, at: datetime) -> Channel:
    """The channel that may confirm an act: the person's own, and not inscribed for the occasion."""
    channels = proven_channels(usager)
    if not channels:
        raise UsagerRefused(_("Aucun moyen de contact à elle : faites signer le papier du jour."))
    settled = (channel for channel in channels if channel.created_at <= at - CHANNEL_SETTLES)
    if (found := next(settled, None)) is None:
        raise UsagerRefused(
            _(
                "Ce moyen de contact est inscrit depuis moins d’un jour : il ne confirme rien encore. "
                "Faites signer le papier du jour, ou la personne s’identifie avec FranceConnect."
            )
        )
    return found


def send_code(
    *, acteur: Acteur, usager: Usager, channel: Channel, purpose: str, at: datetime
) -> Message:
    """Send a code to one channel; whether the channel may carry it is the caller's question."""
    if not is_purpose(purpose):
        raise ValueError("a purpose is a word and an identifier")
    _refuse_flood(usager, channel)
    # Someone fictitious receives nothing: the page of a sandbox says which code they read.
    code = PRACTICE_CODE if usager.rung == Rung.FICTIF else f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        row = locked(acteur, usager)
        waiting = OneTimeCode.objects.filter(usager=row, purpose=purpose, used_at=None)
        just_sent = waiting.filter(channel=channel, created_at__gt=at - _DOUBLE_CLICK).first()
        if just_sent is not None:
            return Message.objects.get(key=_key(just_sent, channel))
        waiting.delete()
        sent = OneTimeCode(
            usager=row, channel=channel, purpose=purpose, created_at=at, expires_at=at + CODE_LIFE
        )
        sent.code_hash = _code_hash(sent.public_id, purpose, code)
        sent.save()
        message = _queue(channel, code, key=_key(sent, channel), at=at)
        trace(events.CODE_SENT, acteur, row, at, facts={"purpose": purpose, "kind": channel.kind})
    return message


def _key(sent: OneTimeCode, channel: Channel) -> str:
    return f"usagers.code:{sent.public_id}:{channel.public_id}"


def _refuse_flood(usager: Usager, channel: Channel) -> None:
    allowed = (
        hit(f"usagers.code:channel:{channel.public_id}", limit=3, window=_TEN_MINUTES)
        and hit(f"usagers.code:usager:{usager.public_id}", limit=20, window=_DAY)
        # One number of a structure cannot be used to make an operator pay for thousands of SMS.
        and hit(f"usagers.code:structure:{usager.structure_id}", limit=500, window=_DAY)
    )
    if not allowed:
        raise CodeRefused(
            _("Trop de codes envoyés en peu de temps. Attendez dix minutes, puis recommencez.")
        )


def _code_hash(public_id: UUID, purpose: str, code: str) -> str:
    return blind_index(f"{public_id}:{purpose}:{code}", domain="usagers.code")


def _queue(channel: Channel, code: str, *, key: str, at: datetime) -> Message:
    # Without accents outside the SMS alphabet: one message, not two.
    body = _(
        "Votre code : %(code)s. Il sert une fois, pendant 10 minutes. "
        "Si vous n'avez rien demandé, ne le donnez à personne."
    ) % {"code": code}
    about, expires_at = channel.usager.public_id, at + CODE_LIFE
    if channel.kind == ChannelKind.SMS:
        return queue_sms(
            to=channel.value, body=body, key=key, at=at, about=about, expires_at=expires_at
        )
    return queue_email(
        to=channel.value,
        subject=_("Votre code"),
        body=body,
        key=key,
        at=at,
        about=about,
        expires_at=expires_at,
    )


def check_confirmation_code(
    *, acteur: Acteur, usager: Usager, purpose: str, code: str, at: datetime
) -> OneTimeCode:
    """The person read the code back: spends it, and gives the row that proves it.

    Call it before the act's own transaction: a wrong try must count even though the act is refused.

    Raises:
        CodeRefused: wrong, for another purpose, too late, already used, or too many tries.
    """
    if not hit(f"usagers.code:check:{usager.public_id}", limit=10, window=_TEN_MINUTES):
        raise CodeRefused(_("Trop d’essais. Attendez dix minutes, puis demandez un nouveau code."))
    with transaction.atomic():
        row = locked(acteur, usager)
        confirmed = _spend(row, purpose, code, at)
        if confirmed is not None:
            record_contact(usager=row, at=at)
            trace(events.CODE_CONFIRMED, acteur, row, at, facts={"purpose": purpose})
    if confirmed is None:
        raise CodeRefused(
            _("Ce code n’est pas le bon, ou il est trop ancien. Vous pouvez en envoyer un nouveau.")
        )
    return confirmed


def _spend(usager: Usager, purpose: str, code: str, at: datetime) -> OneTimeCode | None:
    row = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .filter(
            usager=usager, purpose=purpose, used_at=None, expires_at__gt=at, tries__lt=CODE_TRIES
        )
        .filter(channel__ended_at=None)
        .first()
    )
    if row is None:
        return None
    row.tries += 1
    digits = "".join(code.split())
    if hmac.compare_digest(row.code_hash, _code_hash(row.public_id, purpose, digits)):
        row.used_at = at
    row.save(update_fields=["tries", "used_at"])
    return row if row.used_at is not None else None


def void_codes() -> int:
    """After a restoration: no code sent before opens anything; how many were waiting."""
    return OneTimeCode.objects.filter(used_at=None).delete()[0]


def purge_codes(*, at: datetime) -> int:
    """Drop the codes that are dead since a day, used or not; how many."""
    return OneTimeCode.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()[0]
