"""What is kept and how long, as data: the page of information shows this table, and nothing else says it.

Figures that code executes are read from the rules of their room, so that the page cannot lie.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tandem.accompagnements.rules import NAMELESS_KEPT
from tandem.comptes.rules import ABSOLUTE_LIMIT, IDLE_LIMIT
from tandem.envois.rules import KEEP_FINAL
from tandem.notes.rules import WORKING_KEPT
from tandem.oidc_provider.rules.choices import TRANSACTION_KEPT
from tandem.signature.rules import DRAFT_LIFETIME


@dataclass(frozen=True)
class Kept:
    """One class of data: what it is, how long it is kept, what happens then, on what ground."""

    key: str
    what: str
    how_long: str
    then: str
    why: str


def span(duration: timedelta) -> str:
    """A duration in words: 30 jours, 24 heures, 15 minutes."""
    if duration >= timedelta(days=2):
        return ngettext("%(n)d jour", "%(n)d jours", duration.days) % {"n": duration.days}
    minutes = int(duration.total_seconds()) // 60
    if minutes >= 60:
        return ngettext("%(n)d heure", "%(n)d heures", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def retention_table() -> tuple[Kept, ...]:
    """Every class of data that a model may declare (kernel.privacy), in the order of the page."""
    return (*_of_people(), *_of_the_service())


def _shorter() -> str:
    """What leaves sooner than the rest of the follow-up."""
    return _("une note de travail (%(note)s) ou une demande sans nom (%(nameless)s)") % {
        "note": span(WORKING_KEPT),
        "nameless": span(NAMELESS_KEPT),
    }


def _of_people() -> tuple[Kept, ...]:
    return (
        Kept(
            "mandat",
            _("Mandat, identité de la personne, moyens de contact, preuve de son accord"),
            _("Jusqu’à 3 ans après la fin du mandat, ou après le dernier rendez-vous"),
            _("3 ans encore dans des archives fermées, puis effacement"),
            _("Prouver ce que la personne a permis"),
        ),
        Kept(
            "journal",
            _("Journal : qui a fait quoi, quand, pour qui. Il ne contient aucun nom"),
            _("Aussi longtemps que le mandat, et au moins 36 mois"),
            _("Le lien avec la personne est détruit ; la chaîne de preuve reste"),
            _("Rendre compte, et comparer avec les traces de FranceConnect"),
        ),
        Kept(
            "suivi",
            _("Démarches suivies, dates, lettres, courriers, notes, et qui suit la personne"),
            _("2 ans après le dernier rendez-vous. Moins pour %(short)s.") % {"short": _shorter()},
            _("Effacement"),
            _("Limiter l’accès aux aidants chargés de la personne"),
        ),
        Kept(
            "compte",
            _("Compte d’un aidant, structures où il travaille, charte acceptée"),
            _("Tant que l’aidant travaille, puis comme les mandats qu’il a signés"),
            _("Effacement"),
            _("Savoir qui a agi"),
        ),
        Kept(
            "structure",
            _("Nom, adresse et téléphone des structures"),
            _("Tant que la structure aide, puis comme ses mandats"),
            _("Effacement"),
            _("Nommer à qui la personne a donné mandat"),
        ),
    )


def _of_the_service() -> tuple[Kept, ...]:
    return (
        Kept(
            "transaction_oidc",
            _("Connexion en cours vers une administration, mandat en préparation"),
            _("%(hours)s au plus") % {"hours": span(max(TRANSACTION_KEPT, DRAFT_LIFETIME))},
            _("Effacement automatique"),
            _("Finir ce qui est commencé"),
        ),
        Kept(
            "envoi",
            _("Courriels et SMS envoyés"),
            _("%(days)s après l’envoi") % {"days": span(KEEP_FINAL)},
            _("Effacement automatique"),
            _("Prévenir la personne une seule fois"),
        ),
        Kept(
            "session",
            _("Connexion d’un aidant à Tandem"),
            _("%(idle)s sans activité, %(most)s au plus")
            % {"idle": span(IDLE_LIMIT), "most": span(ABSOLUTE_LIMIT)},
            _("Effacement automatique"),
            _("Protéger les personnes si un poste reste ouvert"),
        ),
        Kept(
            "catalogue",
            _("Thèmes, démarches, communes"),
            _("Sans limite"),
            _("Rien : ce ne sont pas des données personnelles"),
            _("Dire les démarches avec les mêmes mots partout"),
        ),
        Kept(
            "technique",
            _("Codes à usage unique, compteurs d’essais, journaux techniques sans nom"),
            _("De quelques minutes à 6 mois"),
            _("Effacement automatique"),
            _("Faire marcher et protéger le service"),
        ),
    )
