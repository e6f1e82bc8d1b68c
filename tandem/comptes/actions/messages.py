"""What a compte is told, by e-mail and SMS: rows of the outbox, in the act's transaction.

No secret but the activation link; no name of a structure, no address of a machine.
"""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from tandem.comptes.models import Activation, Compte, Device, FactorReset
from tandem.envois.actions import queue_email, queue_sms
from tandem.ui.rules import moment_words


def _tell(
    *, compte: Compte, subject: str, template: str, key: str, at: datetime, **context: object
) -> None:
    body = render_to_string(
        f"comptes/courriels/{template}.txt",
        {
            "compte": compte,
            "site_url": settings.TANDEM_SITE_URL,
            "support_email": settings.TANDEM_SUPPORT_EMAIL,
            "support_phone": settings.TANDEM_SUPPORT_PHONE,
            **context,
        },
    )
    queue_email(to=compte.email, subject=subject, body=body, key=key, at=at)


def activation_url(token: str) -> str:
    """The whole address of an activation link."""
    return settings.TANDEM_SITE_URL + reverse("comptes:activation_link", args=[token])


def send_activation(
    *, compte: Compte, activation: Activation, token: str, again: bool, at: datetime
) -> None:
    """The link by which the person chooses a password."""
    _tell(
        compte=compte,
        subject=_("Reprenez l’accès à Tandem") if again else _("Votre compte Tandem vous attend"),
        template="activation",
        key=f"comptes.activation:{activation.public_id}",
        at=at,
        link=activation_url(token),
        again=again,
        until=moment_words(_local(activation.expires_at)),
    )


def tell_new_device(*, compte: Compte, device: Device, at: datetime) -> None:
    """A browser never seen opened a session (S-15)."""
    _tell(
        compte=compte,
        subject=_("Nouvelle connexion à Tandem"),
        template="appareil",
        key=f"comptes.device:{device.public_id}",
        at=at,
        device=device.label,
        when=moment_words(_local(at)),
    )


def tell_factors_changed(*, compte: Compte, what: str, at: datetime) -> None:
    """A factor, the recovery codes or the password changed."""
    _tell(
        compte=compte,
        subject=_("La sécurité de votre compte Tandem a changé"),
        template="securite",
        key=f"comptes.factors:{uuid4()}",
        at=at,
        what=what,
        when=moment_words(_local(at)),
    )


def tell_reset(*, reset: FactorReset, at: datetime) -> None:
    """On every channel of the person: in a day their factors go, and how to refuse (S-12)."""
    target = reset.target
    _tell(
        compte=target,
        subject=_("Vos moyens de connexion à Tandem vont être remis à zéro"),
        template="reprise",
        key=f"comptes.reset:{reset.public_id}",
        at=at,
        when=moment_words(_local(reset.effective_at or at)),
        account_url=settings.TANDEM_SITE_URL + reverse("comptes:account"),
    )
    if target.phone:
        body = _(
            "Tandem : demain, vos moyens de connexion seront remis à zéro. "
            "Ce n’est pas vous ? Connectez-vous et refusez, ou appelez votre référent."
        )
        queue_sms(to=target.phone, body=body, key=f"comptes.reset.sms:{reset.public_id}", at=at)


def _local(at: datetime) -> datetime:
    from django.utils import timezone

    return timezone.localtime(at)
