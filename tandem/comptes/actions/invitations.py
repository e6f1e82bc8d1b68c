"""A compte is born by invitation, and wakes by a link used once."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes import events, queries
from tandem.comptes.actions.gestures import use_gesture, verify_gesture
from tandem.comptes.actions.messages import activation_url, send_activation, tell_factors_changed
from tandem.comptes.actions.order import hold_compte
from tandem.comptes.actions.sessions import kill
from tandem.comptes.models import Activation, Compte, OpenSession
from tandem.comptes.rules import ACTIVATION_LIFE, GestureResponse, mobile_number, password_act
from tandem.journal.actions import record
from tandem.journal.rules import Author
from tandem.kernel.crypto import random_token
from tandem.kernel.refusals import Refusal


class InvitationRefused(Refusal):
    """No compte can be made, or no link given; the message says why."""

    status = 422
    code = "invitation"


class ActivationRefused(Refusal):
    """The link was used, replaced, is too old, or was never ours."""

    status = 404
    code = "activation"


class PasswordRefused(Refusal):
    """The password is not the present one, or the new one is too weak."""

    status = 422
    code = "password"


@dataclass(frozen=True)
class Invitation:
    """A compte, and the link to hand to its person by another way than e-mail if need be."""

    compte: Compte
    link: str = field(repr=False)


def invite_compte(
    *,
    email: str,
    given_name: str,
    family_name: str,
    author: Author,
    at: datetime,
    phone: str = "",
    is_operator: bool = False,
) -> Invitation:
    """Make a compte and its link, sent by e-mail too. The person chooses the password and factors.

    May be called inside the caller's transaction.

    Raises:
        InvitationRefused: the address already has a compte, or the telephone is not a French mobile.
    """
    if queries.compte_by_email(email) is not None:
        raise InvitationRefused(_("Cette adresse a déjà un compte."))
    if not (email.strip() and given_name.strip() and family_name.strip()):
        raise InvitationRefused(_("Il faut une adresse, un prénom et un nom."))
    number = mobile_number(phone)
    if number is None:
        raise InvitationRefused(_("Ce numéro n’est pas celui d’un téléphone mobile français."))
    with transaction.atomic():
        compte = Compte.objects.create_compte(
            email=email,
            given_name=given_name,
            family_name=family_name,
            phone=number,
            is_operator=is_operator,
            at=at,
        )
        link = _new_link(compte, again=False, at=at)
        record(events.INVITED, author=author, subject=compte.subject, at=at)
    return Invitation(compte=compte, link=link)


def renew_link(*, compte: Compte, author: Author, at: datetime) -> None:
    """A new link for someone who has not chosen a password yet; the older one opens nothing more.

    It goes to the person alone: who asks for it learns nothing (S-12).

    Raises:
        InvitationRefused: the compte is awake already, or closed.
    """
    if compte.activated_at is not None or not compte.is_active:
        raise InvitationRefused(_("Ce compte est déjà activé, ou désactivé."))
    with transaction.atomic():
        _new_link(compte, again=False, at=at)
        record(events.LINK_RENEWED, author=author, subject=compte.subject, at=at)


def _new_link(compte: Compte, *, again: bool, at: datetime) -> str:
    Activation.objects.filter(compte=compte, used_at=None, voided_at=None).update(voided_at=at)
    token = random_token(32)
    activation = Activation.objects.create(
        compte=compte,
        token_hash=queries.token_hash(token),
        created_at=at,
        expires_at=at + ACTIVATION_LIFE,
    )
    send_activation(compte=compte, activation=activation, token=token, again=again, at=at)
    return activation_url(token)


def give_link_back(*, compte: Compte, at: datetime) -> None:
    """After a reset: the link goes to the person alone, nobody else learns it (S-12)."""
    _new_link(compte, again=True, at=at)


def activate(*, token: str, password: str, at: datetime) -> Compte:
    """Spend the link and set the password the person chose; what remains is to enrol two factors.

    Raises:
        ActivationRefused: the link is no longer good.
        PasswordRefused: the password is too weak; the link stays good.
    """
    refused = ActivationRefused(
        _("Ce lien ne sert plus : il a été utilisé, remplacé, ou il a plus de sept jours. "
          "Demandez-en un nouveau à la personne qui vous a invité.")
    )  # fmt: skip
    activation = queries.activation_for(token, at=at)
    if activation is None:
        raise refused
    compte = activation.compte
    _check(password, compte)
    hashed = make_password(password)
    with transaction.atomic():
        # Closed while the person was choosing: the link opens nothing.
        usable = Activation.objects.filter(pk=activation.pk, used_at=None, voided_at=None)
        if not hold_compte(compte).is_active or not usable.update(used_at=at):
            raise refused
        Compte.objects.filter(pk=compte.pk).update(password=hashed, activated_at=at)
        record(events.ACTIVATED, author=compte.author, subject=compte.subject, at=at)
    compte.refresh_from_db()
    return compte


def _check(password: str, compte: Compte) -> None:
    try:
        validate_password(password, user=compte)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from error


def change_password(
    *,
    compte: Compte,
    present: str,
    password: str,
    response: GestureResponse,
    kept: str,
    at: datetime,
) -> Compte:
    """A new password, with the present one and a second factor; other sessions are closed.

    `kept` is the key of the session in use.

    Raises:
        PasswordRefused: the present one is wrong, or the new one is too weak.
        GestureRefused: no factor was shown.
    """
    _check(password, compte)
    act = password_act(compte.public_id)
    gesture = verify_gesture(compte=compte, act=act, response=response, at=at)
    # After the gesture: its limits slow down whoever tries passwords here.
    if not compte.check_password(present):
        raise PasswordRefused(_("Le mot de passe actuel n’est pas le bon."))
    hashed = make_password(password)
    with transaction.atomic():
        use_gesture(gesture=gesture, compte=compte, act=act, at=at)
        Compte.objects.filter(pk=compte.pk).update(password=hashed)
        kill(OpenSession.objects.filter(compte=compte).exclude(session_key=kept))
        tell_factors_changed(compte=compte, what=_("mot de passe"), at=at)
        record(events.PASSWORD_CHANGED, author=compte.author, subject=compte.subject, at=at)
    compte.refresh_from_db()
    return compte
