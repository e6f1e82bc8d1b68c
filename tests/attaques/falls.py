"""What may fall between two steps of a connexion, and which check stops it.

Each fall names the checks that stand against it: the table of tests shows that with them nothing is
released, and that without them Rose's identity would go out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator

from tandem.comptes import actions as comptes
from tandem.comptes.models import Compte, OpenSession
from tandem.journal.rules import SYSTEM
from tandem.kernel import clock
from tandem.mandats import actions as mandats
from tandem.mandats.models import Autorisation, Mandat
from tandem.oidc_provider import actions as provider
from tandem.oidc_provider.models import RelyingParty
from tandem.oidc_provider.tests.story import Story, make_aidant
from tandem.structures import actions as structures
from tandem.structures.models import SYSTEM_ACTEUR, Acteur, Affectation, CharteAcceptance
from tandem.structures.queries import acteur_from
from tandem.usagers import actions as usagers
from tandem.usagers.models import Usager
from tandem.usagers.rules import FreezeReason


def bob(story: Story) -> Acteur:
    """A colleague of Alice's, who may do what she may."""
    known = Affectation.objects.filter(structure=story.structure, compte__given_name="Bob").first()
    return acteur_from(known or make_aidant(story.structure, "Bob"))


def alice(story: Story) -> Acteur:
    return acteur_from(story.alice)


# By the real actions of the rooms below.


def revoke_line(story: Story) -> None:
    mandats.revoke_autorisation(acteur=bob(story), autorisation=story.line, at=clock.now())


def revoke_mandat(story: Story) -> None:
    mandats.revoke_mandat(acteur=bob(story), mandat=story.line.mandat, at=clock.now())


def revoke_everything(story: Story) -> None:
    mandats.revoke_all(acteur=bob(story), usager=story.rose, at=clock.now())


def renounce(story: Story) -> None:
    mandats.renounce_mandat(
        acteur=alice(story), mandat=story.line.mandat, pending=[], at=clock.now()
    )


def deactivate(story: Story) -> None:
    comptes.deactivate_compte(compte=story.compte, author=SYSTEM, at=clock.now())


def end_affectation(story: Story) -> None:
    structures.end_affectation(acteur=SYSTEM_ACTEUR, affectation=story.alice, at=clock.now())


def close_structure(story: Story) -> None:
    structures.close_structure(acteur=SYSTEM_ACTEUR, structure=story.structure, at=clock.now())


def restrict_structure(story: Story) -> None:
    structures.restrict_structure(
        acteur=SYSTEM_ACTEUR, structure=story.structure, themes=["loisirs"], at=clock.now()
    )


def restrict_aidant(story: Story) -> None:
    structures.restrict_affectation(
        acteur=SYSTEM_ACTEUR, affectation=story.alice, themes=["loisirs"], at=clock.now()
    )


def freeze(story: Story) -> None:
    usagers.freeze_usager(
        acteur=bob(story), usager=story.rose, reason=next(iter(FreezeReason)), at=clock.now()
    )


def record_death(story: Story) -> None:
    usagers.record_death(acteur=bob(story), usager=story.rose, at=clock.now())


def close_file_to_team(story: Story) -> None:
    usagers.set_team_access(acteur=bob(story), usager=story.rose, team_access=False, at=clock.now())


def stop_relying_party(story: Story) -> None:
    provider.disable_relying_party(author=SYSTEM, client_id=story.party.client_id, at=clock.now())


def close_session(story: Story) -> None:
    [session] = OpenSession.objects.filter(compte=story.compte)
    comptes.close_session(compte=story.compte, session_id=session.public_id, at=clock.now())


# By what time or an operator does to the rows.


def expire(story: Story) -> None:
    """The end comes now: it had been two hours after the signature."""
    now = clock.now()
    Autorisation.objects.filter(pk=story.line.pk).update(ends_at=now)
    Mandat.objects.filter(pk=story.line.mandat.pk).update(ends_at=now)


def not_yet(story: Story) -> None:
    """The clock went back before the beginning."""
    Autorisation.objects.filter(pk=story.line.pk).update(
        started_at=clock.now() + timedelta(minutes=1)
    )


def doubt(story: Story) -> None:
    Mandat.objects.filter(pk=story.line.mandat.pk).update(
        cool_off_until=clock.now() + timedelta(hours=24)
    )


def name_others(story: Story) -> None:
    Mandat.objects.filter(pk=story.line.mandat.pk).update(whole_team=False)


def withdraw_clause(story: Story) -> None:
    Autorisation.objects.filter(pk=story.line.pk).update(presence_allowed=["telephone"])


def withdraw_habilitation(story: Story) -> None:
    Affectation.objects.filter(pk=story.alice.pk).update(habilite_at=None)


def change_charte(story: Story) -> None:
    CharteAcceptance.objects.filter(compte=story.compte).update(version="2020-01")


def lose_factors(story: Story) -> None:
    Authenticator.objects.filter(user=story.compte).delete()
    Compte.objects.filter(pk=story.compte.pk).update(recovery_codes_left=0, has_passkey=False)


def reset_enrolment(story: Story) -> None:
    Compte.objects.filter(pk=story.compte.pk).update(enrolled_at=None)


def doubt_identity(story: Story) -> None:
    Usager.objects.filter(pk=story.rose.pk).update(rung="piece_vue")


def break_identity(story: Story) -> None:
    story.rose.refresh_from_db()
    story.rose.birthdate = "?"
    story.rose.save()


def restrict_relying_party(story: Story) -> None:
    RelyingParty.objects.filter(pk=story.party.pk).update(themes=["loisirs"])


def move_redirect_uri(story: Story) -> None:
    RelyingParty.objects.filter(pk=story.party.pk).update(redirect_uris=["https://new.example/"])


@dataclass(frozen=True)
class Fall:
    """`mandats`: names of mandats' conditions; `ours`: names of the provider's own checks."""

    name: str
    act: Callable[[Story], None]
    mandats: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()


def fall(act: Callable[[Story], None], *checks: str) -> Fall:
    ours = {"party", "factor", "session", "identity"}
    return Fall(act.__name__, act, frozenset(checks) - ours, frozenset(checks) & ours)


FALLS = [
    fall(revoke_line, "line_not_ended", "mandat_not_ended"),
    fall(revoke_mandat, "line_not_ended", "mandat_not_ended"),
    fall(revoke_everything, "line_not_ended", "mandat_not_ended"),
    fall(renounce, "line_not_ended", "mandat_not_ended"),
    fall(expire, "line_not_past"),
    fall(not_yet, "line_started"),
    fall(doubt, "cool_off"),
    fall(name_others, "named"),
    fall(withdraw_clause, "presence_allowed"),
    fall(deactivate, "compte_active", "team_access", "session"),
    fall(end_affectation, "affectation_live", "team_access"),
    fall(close_structure, "structure_open", "team_access"),
    fall(withdraw_habilitation, "habilite", "team_access"),
    fall(change_charte, "charte", "team_access"),
    fall(restrict_structure, "theme_of_acteur"),
    fall(restrict_aidant, "theme_of_acteur"),
    fall(freeze, "usager_not_frozen"),
    fall(record_death, "usager_alive", "line_not_ended", "mandat_not_ended"),
    fall(close_file_to_team, "team_access"),
    fall(doubt_identity, "rung"),
    fall(break_identity, "identity"),
    fall(lose_factors, "factor"),
    fall(reset_enrolment, "factor"),
    fall(close_session, "session"),
    fall(stop_relying_party, "party"),
    fall(move_redirect_uri, "party"),
    fall(restrict_relying_party, "category"),
]
