"""What a draft must satisfy: asked at each answer, and all again at signature (P-01)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tandem.mandats import texts
from tandem.mandats.actions.refused import MandatRefused
from tandem.mandats.actions.signing import Signing
from tandem.mandats.queries import as_lines, wanted_lines
from tandem.mandats.rules import (
    CAN_SIGN_ALONE,
    POINTS,
    Agreement,
    Alone,
    ConsentMethod,
    ContactKind,
    Duree,
    Handwritten,
    PaperWrong,
    Presence,
    Reader,
    Understanding,
    allowed_durees,
    renewal_refused,
)
from tandem.referentiels import queries as referentiels
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager
from tandem.usagers.permissions import may_act_on
from tandem.usagers.rules import Capability, Holder, rung_allows


def check_scopes(acteur: Acteur, agreement: Agreement) -> None:
    """Each line is in the catalogue and allowed now; none repeats another; together they are not everything."""
    if not agreement.scopes:
        raise MandatRefused(_("Choisissez au moins une démarche ou un thème."))
    active = {f"demarche:{found.slug}" for found in referentiels.demarches()}
    active |= {f"theme:{key}" for key in REP_SCOPES}
    if set(agreement.scopes) - active:
        raise MandatRefused(
            _("Une des démarches choisies n’est plus au catalogue. Choisissez-en une autre.")
        )
    overlaps = referentiels.overlapping(agreement.scopes)
    if overlaps:
        raise MandatRefused(
            _(
                "Un thème contient déjà ses démarches : gardez le thème entier, ou la démarche seule."
            )
        )
    if {f"theme:{key}" for key in REP_SCOPES} <= set(agreement.scopes):
        raise MandatRefused(
            _("Un mandat ne couvre jamais tout : choisissez ce dont la personne a besoin.")
        )
    for line in wanted_lines(agreement):
        if not acteur.allows_theme(line.theme):
            raise MandatRefused(
                _("Votre structure ne vous permet pas d’agir dans un des thèmes choisis.")
            )


def check_duree(_acteur: Acteur, agreement: Agreement) -> None:
    """One of the five, and one act for one line only."""
    if agreement.duree not in allowed_durees(agreement.scopes):
        raise MandatRefused(_("Choisissez jusqu’à quand ce mandat est valable."))


def check_presence(_acteur: Acteur, agreement: Agreement) -> None:
    """Every line says how the aidant may act, in presence always among them (P-05)."""
    ways = set(Presence.values)
    for scope in agreement.scopes:
        allowed = agreement.presence.get(scope, [])
        if Presence.PRESENCE not in allowed or not set(allowed) <= ways:
            raise MandatRefused(_("Dites pour chaque démarche comment l’aidant peut agir."))


def check_protection(_acteur: Acteur, agreement: Agreement) -> None:
    """Neither a minor nor a protected person signs alone (P-33, P-34); they could speak freely (P-36)."""
    if agreement.protected != CAN_SIGN_ALONE:
        raise MandatRefused(_("La personne ne peut pas signer ce mandat seule."))
    if agreement.alone not in set(Alone):
        raise MandatRefused(_("Dites si la personne a pu parler librement."))


_CHANGED: Final = _lazy("Le texte du mandat a changé : relisez-le avec la personne.")


def check_contact(_acteur: Acteur, agreement: Agreement) -> None:
    """How the person is told: their own channel, or on paper (P-14)."""
    if agreement.contact_kind not in set(ContactKind):
        raise MandatRefused(_("Dites comment la personne sera prévenue."))
    new = agreement.contact_kind in {ContactKind.SMS, ContactKind.EMAIL}
    if new and (not agreement.contact_value or agreement.contact_holder not in Holder.values):
        raise MandatRefused(_("Dites à quel numéro ou à quelle adresse, et qui lit les messages."))


def check_reading(_acteur: Acteur, agreement: Agreement) -> None:
    """The current text was read, and the three points were made sure of (P-03)."""
    paper = texts.is_on_paper(agreement.text_version)
    check_text(agreement, paper=paper)
    known = {found.name for found in texts.texts(agreement.text_version)}
    if agreement.text_name not in known:
        raise MandatRefused(str(_CHANGED))
    if agreement.reader not in Reader.values or (
        agreement.reader == Reader.INTERPRETER and not agreement.interpreter
    ):
        raise MandatRefused(_("Dites qui a lu le texte ; pour un interprète, notez son nom."))
    if set(agreement.points) != set(POINTS) or not set(agreement.points.values()) <= set(
        Understanding.values
    ):
        raise MandatRefused(
            _("Assurez-vous des trois points avec la personne avant d’aller plus loin.")
        )


def check_text(agreement: Agreement, *, paper: bool) -> None:
    """What was read is the current text of the way the person signs: by hand, or through FranceConnect (P-03)."""
    if agreement.text_version != texts.current_version(paper=paper):
        raise MandatRefused(str(_CHANGED))


def check_aidants(acteur: Acteur, agreement: Agreement) -> None:
    """Those named work for the structure, and are habilités."""
    if len(aidants_named(acteur, agreement)) != len(set(agreement.aidants)):
        raise MandatRefused(_("Un des aidants choisis ne travaille plus dans la structure."))


def aidants_named(acteur: Acteur, agreement: Agreement) -> list[Affectation]:
    """The affectations a mandat names; empty for the whole team."""
    if not agreement.aidants:
        return []
    return list(
        Affectation.objects.live()
        .filter(
            structure=acteur.structure, habilite_at__isnull=False, public_id__in=agreement.aidants
        )
        .select_related("compte")
        .order_by("pk")
    )


Check = Callable[[Acteur, Agreement], None]
# For each answer, what it must satisfy; all of them at signature.
CHECKS: dict[str, Check] = {
    "scopes": check_scopes,
    "duree": check_duree,
    "presence": check_presence,
    "aidants": check_aidants,
    "protected": check_protection,
    "contact_kind": check_contact,
    "points": check_reading,
}


def check_answers(acteur: Acteur, agreement: Agreement, names: Iterable[str] = CHECKS) -> None:
    """Raises MandatRefused at the first answer that does not hold."""
    for name in names:
        if name in CHECKS:
            CHECKS[name](acteur, agreement)


_WRONG_PAPER = {
    PaperWrong.DAYS: _lazy(
        "Le jour de la signature est entre le jour où la feuille a été imprimée et aujourd’hui."
    ),
    PaperWrong.CLOSED_LIST: _lazy("Dites comment la personne a signé, et qui garde l’original."),
    PaperWrong.WITNESS: _lazy("Pour une marque, écrivez le nom du témoin, et qui il est."),
    PaperWrong.FOUR_EYES: _lazy("Sans la personne, un deuxième aidant doit confirmer la feuille."),
}


def check_handwritten(acteur: Acteur, usager: Usager, paper: Handwritten, *, at: datetime) -> None:
    """The sheet is one that can be; who the person is was seen, and this aidant follows them (P-10, P-32, P-35)."""
    wrong = paper.wrong(today=usager.local_date(at))
    if wrong is not None:
        raise MandatRefused(str(_WRONG_PAPER[wrong]))
    if not may_act_on(acteur, usager):
        raise MandatRefused(
            _("Cette personne n’est pas suivie dans votre structure, ou pas par vous.")
        )
    established = usager.rung_established_at
    if not rung_allows(usager.rung, Capability.PAPER, established_at=established, at=at):
        raise MandatRefused(
            _("Personne n’a vu de pièce d’identité : notez la pièce vue, puis recommencez.")
        )


def check_renewal(signing: Signing, *, at: datetime) -> Usager:
    """A renewal by code: same scope or less, before the end, within one renewal (P-08); gives whose it is."""
    former = signing.renews
    if former is None or signing.usager is None:
        raise MandatRefused(
            _("Un nouveau mandat demande que la personne s’identifie avec FranceConnect.")
        )
    live = former.autorisations.active(at=at)
    if not live or former.ended_at is not None:
        raise MandatRefused(_("Le mandat à prolonger est déjà terminé : faites-en un nouveau."))
    if former.consent_method == ConsentMethod.PAPER:
        raise MandatRefused(
            _("Un mandat signé sur papier se prolonge sur papier, avec la personne.")
        )
    if former.renews_id is not None:
        raise MandatRefused(
            _(
                "Ce mandat a déjà été prolongé une fois : la personne s’identifie à nouveau avec FranceConnect."
            )
        )
    if renewal_refused(
        wanted_lines(signing.agreement),
        as_lines(live),
        duree=Duree(signing.agreement.duree),
        old_duree=Duree(former.duree),
    ):
        raise MandatRefused(
            _("Ceci dépasse le mandat à prolonger : la personne s’identifie avec FranceConnect.")
        )
    return signing.usager
