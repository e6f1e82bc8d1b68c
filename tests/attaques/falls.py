"""What may fall between two steps of a connexion, and which check stops it.

Each fall names the checks that stand against it: the table of tests shows that with them nothing is
released, and that without them Rose's identity would go out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from allauth.mfa.models import Authenticator

from tandem.comptes import actions as comptes
from tandem.comptes.models import Compte, FactorReset, OpenSession
from tandem.comptes.rules import IdentityProof
from tandem.journal.rules import SYSTEM
from tandem.kernel import clock
from tandem.mandats import actions as mandats
from tandem.mandats.models import Autorisation, Mandat
from tandem.mandats.queries.verification import code_index
from tandem.mandats.rules import ConsentMethod, Duree
from tandem.mandats.tests.factories import signed_mandat
from tandem.oidc_provider import actions as provider
from tandem.oidc_provider.models import RelyingParty
from tandem.oidc_provider.tests.story import Story, make_aidant, make_structure
from tandem.structures import actions as structures
from tandem.structures.models import (
    SYSTEM_ACTEUR,
    Acteur,
    Affectation,
    CharteAcceptance,
    Structure,
)
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


def revoke_by_code(story: Story) -> None:
    """P-38: at a town hall elsewhere, with the paper in hand."""
    code = "346789QWERTYUPADFGHJKLXCVBNM"
    Mandat.objects.filter(pk=story.line.mandat.pk).update(verification_index=code_index(code))
    elsewhere = make_structure("Mairie de Dinan", "21220050500013")
    charlie = acteur_from(make_aidant(elsewhere, "Charlie"))
    mandats.revoke_by_code(acteur=charlie, code=code, at=clock.now())


def finish(story: Story) -> None:
    """The démarche of a mandat of one act is filed."""
    mandat = story.line.mandat
    Mandat.objects.filter(pk=mandat.pk).update(duree=Duree.ACTE)
    mandat.refresh_from_db()
    mandats.finish_act(acteur=bob(story), mandat=mandat, at=clock.now())


def supersede(story: Story) -> None:
    """Rose signs again with Bob: each scope has one live line."""
    signed_mandat(bob(story), story.rose, ["theme:social"], at=clock.now())


def expire_by_the_job(story: Story) -> None:
    expire(story)
    assert mandats.expire_due(at=clock.now()) == 1


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


def close_other_sessions(story: Story) -> None:
    """Alice closes everything from her telephone."""
    comptes.close_other_sessions(compte=story.compte, kept=uuid4(), at=clock.now())


def reset_factors(story: Story) -> None:
    """S-12: two others gave her access back, and the day of notice is over."""
    asker, approver = (make_aidant(story.structure, name).compte for name in ("Dora", "Emma"))
    before = clock.now() - timedelta(hours=25)
    FactorReset.objects.create(
        target=story.compte, requested_by=asker, approved_by=approver, identity_proof=IdentityProof.MET,
        requested_at=before, approved_at=before, effective_at=clock.now(),
    )  # fmt: skip
    assert comptes.apply_due_resets(at=clock.now()) == 1


def erase_person(story: Story) -> None:
    usagers.erase_usager(acteur=SYSTEM_ACTEUR, usager=story.rose, at=clock.now())


def restore_a_backup(story: Story) -> None:
    """R-24: what was under way when the copy was made is void."""
    provider.void_transactions(at=clock.now())


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


def forget_identification(story: Story) -> None:
    """Nobody vouches for who she is any more."""
    Usager.objects.filter(pk=story.rose.pk).update(rung="declare")


def move_line_elsewhere(story: Story) -> None:
    elsewhere = make_structure("Mairie de Dinan", "21220050500013")
    Autorisation.objects.filter(pk=story.line.pk).update(structure=elsewhere)


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


def merge_into_another_file(story: Story) -> None:
    other = Usager.objects.get(pk=story.rose.pk)
    other.pk, other.public_id = None, uuid4()
    other.save()
    Usager.objects.filter(pk=story.rose.pk).update(merged_into=other)


def make_a_sandbox(story: Story) -> None:
    """What belongs to a practice structure is an exercise (A-14)."""
    Structure.objects.filter(pk=story.structure.pk).update(practice_of=story.compte)


def sign_on_paper(story: Story) -> None:
    Mandat.objects.filter(pk=story.line.mandat.pk).update(consent_method=ConsentMethod.PAPER)


def sign_below_franceconnect(story: Story) -> None:
    Mandat.objects.filter(pk=story.line.mandat.pk).update(rung="piece_vue")


def move_to_money(story: Story) -> None:
    """A thème for which the person confirms each time, and nobody asked them (P-06)."""
    Autorisation.objects.filter(pk=story.line.pk).update(theme="argent", scope="theme:argent")


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
    ours = {"party", "factor", "session", "identity", "practice"}
    return Fall(act.__name__, act, frozenset(checks) - ours, frozenset(checks) & ours)


FALLS = [
    fall(revoke_line, "line_not_ended", "mandat_not_ended"),
    fall(revoke_mandat, "line_not_ended", "mandat_not_ended"),
    fall(revoke_everything, "line_not_ended", "mandat_not_ended"),
    fall(renounce, "line_not_ended", "mandat_not_ended"),
    fall(revoke_by_code, "line_not_ended", "mandat_not_ended"),
    fall(finish, "line_not_ended", "mandat_not_ended"),
    fall(supersede, "line_not_ended", "mandat_not_ended"),
    fall(expire_by_the_job, "line_not_past", "line_not_ended", "mandat_not_ended"),
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
    fall(forget_identification, "rung", "rung_of_paper"),
    fall(merge_into_another_file, "team_access"),
    fall(make_a_sandbox, "not_practice", "practice"),
    fall(sign_on_paper, "signed_on_paper"),
    fall(sign_below_franceconnect, "signed_below_franceconnect"),
    fall(move_to_money, "rep_scope", "fresh_confirmation"),
    fall(move_line_elsewhere, "same_structure"),
    fall(break_identity, "identity"),
    fall(lose_factors, "factor"),
    fall(reset_enrolment, "factor"),
    fall(close_session, "session"),
    fall(close_other_sessions, "session"),
    fall(reset_factors, "factor", "session"),
    fall(stop_relying_party, "party"),
    fall(move_redirect_uri, "party"),
    fall(restrict_relying_party, "category"),
]

# Nothing is left to give, whatever is asked again: no single check to remove.
LAST_FALLS = [fall(erase_person), fall(restore_a_backup)]
