"""A small world at work, for the sweeps: two structures, and one of everything an address may name.

    world = build()
    world.args["mandat"]                  # what stands in an address: Rose's, signed with alice
    world.args["mandat of charlie"]       # the same, of the other structure
    world.browser("charlie").get(…)       # a browser where that person is logged in

Everyone holds the cookie of the browser where the connexion arrived: whatever closes it to them is not that.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models
from django.db.models import Q
from django.urls import reverse

from conftest import StrictClient
from tandem.acces.actions import open_acces
from tandem.acces.models import Acces
from tandem.acces.rules import Road
from tandem.accompagnements.models import Besoin, DemarcheSuivie, Depot
from tandem.accompagnements.tests.factories import followed_for
from tandem.comptes import queries as comptes_queries
from tandem.comptes.models import Compte, OpenSession
from tandem.comptes.tests.factories import CompteFactory, login
from tandem.courriers.models import Courrier, Lettre, LettreVersion
from tandem.courriers.tests.factories import logged, scanned, written
from tandem.declarations.models import Declaration
from tandem.declarations.tests.factories import declared_for
from tandem.echeances.models import Echeance
from tandem.echeances.tests.story import followed, noted
from tandem.entraide.models import Appel
from tandem.fiches.actions import report_change, write_version
from tandem.fiches.models import Change
from tandem.fiches.rules import HiddenBy, HideReason, Texts
from tandem.fichiers.rules import CheckedFile
from tandem.mandats.actions import record_paper_confirmation, record_use
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.rules import AbsenceReason
from tandem.mandats.tests.factories import identity_of, line_of, signed_mandat
from tandem.notes.actions import write_note
from tandem.notes.models import Note
from tandem.notes.rules import Kind, Said
from tandem.oidc_provider.models import Transaction
from tandem.oidc_provider.rules.choices import EndKind
from tandem.oidc_provider.tests.story import authorize_request, make_party, rep_scopes
from tandem.papier.actions import keep_original
from tandem.papier.models import Original, Sheet
from tandem.papier.tests.factories import waiting_sheet
from tandem.rapprochements.models import Rapprochement
from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Demarche, Theme
from tandem.signature.models import Draft
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory, StructureFactory
from tandem.usagers.models import Channel, Notice, Suivi, Usager
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

# alice (aidante), bob (her colleague), bea (their référente), eve (their colleague who has not accepted the
# charte), charlie (aidant elsewhere), diane (référente elsewhere), oscar (operator).
ROLES = ("anonymous", "alice", "bob", "bea", "eve", "charlie", "diane", "oscar")
# Those who must get nothing of what the CCAS keeps.
STRANGERS = ("anonymous", "eve", "charlie", "diane", "oscar")

# Words that stand nowhere else: found in an answer, they came from the file of Rose or from the CCAS.
GIVEN, FAMILY, EMAIL, NUMBER = "Roseline", "QUILLIENEC", "quillienec@canari.example", "+33612349876"
COLLEAGUE = "Plougastel"
DECLARED = "Caisse de Kerbrat"
SECRETS = (GIVEN, FAMILY, EMAIL, NUMBER, "12 34 98 76", COLLEAGUE, DECLARED)

# What follows the name of a thing that stands in the other structure.
OF_CHARLIE = " of charlie"


@dataclass
class World:
    """Who and what stands, and who is logged in where."""

    args: dict[str, UUID | str] = field(default_factory=dict)
    staff: dict[str, Affectation] = field(default_factory=dict)
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    ccas: Structure = field(init=False)
    # What the CCAS holds, before anyone knocks.
    as_built: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    # How `kept` asks for it.
    questions: dict[str, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)

    def browser(self, role: str) -> StrictClient:
        """A browser of its own for each: what one request leaves in it, the next test does not find."""
        browser = StrictClient()
        for name, cookie in self.cookies[role].items():
            browser.cookies[name] = cookie.value
        return browser

    def address(self, name: str, kwargs: dict[str, str]) -> str:
        """The address of a route, with the objects of this world in it."""
        return reverse(name, kwargs={key: self.args[what] for key, what in kwargs.items()})


def build() -> World:
    """The whole world, at AT: call it with the clock standing there."""
    world = World()
    if not Theme.objects.exists():
        load_catalogue()
    _people(world)
    names = {"given_names": GIVEN, "family_name": FAMILY, "email": EMAIL}
    rose = UsagerFactory.create(structure=world.ccas, sub="sub", **names)
    _file(world, rose, world.staff["alice"], NUMBER)
    jean = UsagerFactory.create(structure=world.staff["charlie"].structure, sub=f"sub{OF_CHARLIE}")
    _file(world, jean, world.staff["charlie"], "+33612000000", OF_CHARLIE)
    _connexions(world, rose)
    world.as_built = kept(world)
    return world


def _people(world: World) -> None:
    ccas = world.ccas = StructureFactory.create(name="CCAS de Valmont")
    mairie = StructureFactory.create(name="Mairie de Saint-Aubin", siret="21350236200014")
    at_work: dict[str, dict[str, object]] = {
        "alice": {"structure": ccas, "compte__family_name": COLLEAGUE},
        "bob": {"structure": ccas, "compte__family_name": COLLEAGUE},
        "bea": {"structure": ccas, "compte__family_name": COLLEAGUE, "referent": True},
        "eve": {"structure": ccas, "charte": False},
        "charlie": {"structure": mairie},
        "diane": {"structure": mairie, "referent": True},
    }
    world.staff = {role: AffectationFactory.create(**traits) for role, traits in at_work.items()}
    comptes: dict[str, Compte] = {role: row.compte for role, row in world.staff.items()}
    comptes["oscar"] = CompteFactory.create(given_name="Oscar", operator=True, with_totp=True)
    world.cookies = {
        role: login(StrictClient(), compte).cookies for role, compte in comptes.items()
    }
    world.cookies["anonymous"] = SimpleCookie()
    for of, role, colleague in (("", "alice", "bob"), (OF_CHARLIE, "charlie", "charlie")):
        session = OpenSession.objects.get(compte=comptes[role])
        world.args |= {
            f"session{of}": session.public_id,
            f"factor{of}": comptes_queries.factors_of(comptes[role])[0].ref,
            f"colleague{of}": world.staff[colleague].public_id,
        }


def _file(world: World, usager: Usager, aidant: Affectation, number: str, of: str = "") -> None:
    """One person, with one of everything that an aidant makes for them."""
    acteur = acteur_from(aidant)
    suivi = Suivi.objects.create(usager=usager, affectation=aidant, started_at=AT)
    channel = ChannelFactory.create(usager=usager, sms=True, value=number)
    _notes(world, acteur, usager, of)
    _fiche(world, acteur, of)
    scopes = ("theme:logement", "theme:argent")
    mandat = signed_mandat(acteur, usager, scopes, ways=("presence", "absence"), at=AT)
    used = record_use(
        acteur=acteur,
        autorisation=line_of(mandat, "theme:logement"),
        presence="absence",
        absence_reason=AbsenceReason.DEADLINE,
        service_declared="ameli.fr" if of else DECLARED,
        relying_party="",
        transaction=uuid4(),
        confirmation=None,
        at=AT,
    )
    # Its own lines replace nothing: the draft is about another thème.
    identity = identity_of(usager, sub=f"sub{of}")
    answers = complete_answers(("theme:papiers",), identity=identity)
    draft = ready_draft(acteur, at=AT, usager=usager, answers=answers)
    demarche = followed(acteur, usager, at=AT)
    _declarations(world, acteur, usager, of)
    title = "Appeler" if of else DECLARED
    echeance = noted(acteur, demarche, AT.date() + timedelta(days=3), at=AT, title=title)
    _post(world, acteur, usager, of)
    _twice(world, usager, aidant, of)
    _paper(world, acteur, mandat, of)
    acces = open_acces(acteur=acteur, usager=usager, service="caf", road=Road.CREATE, at=AT)
    world.args |= {
        f"acces{of}": acces.public_id,
        f"appel{of}": Appel.objects.create(
            structure=aidant.structure, called_by=aidant, path="/mandats/", called_at=AT
        ).public_id,
        f"usager{of}": usager.public_id,
        f"followed{of}": demarche.public_id,
        f"echeance{of}": echeance.public_id,
        f"suivi{of}": suivi.public_id,
        f"channel{of}": channel.public_id,
        f"mandat{of}": mandat.public_id,
        f"line{of}": line_of(mandat, "theme:argent").public_id,
        f"usage{of}": used.public_id,
        f"draft{of}": draft.public_id,
    }
    for name, row in followed_for(acteur, usager, at=AT).items():
        world.args[f"{name}{of}"] = row.public_id
    if not of:
        world.args |= {
            "slug": "declaration-revenus",
            "page": "besoin",
            "code": mandat.verification_code,
            "kind": "mandat",
            "token": "nobody-sent-it",
        }


def _paper(world: World, acteur: Acteur, mandat: Mandat, of: str) -> None:
    """A paper of the day and its copy; a sheet brought without the person, that waits."""
    day = record_paper_confirmation(
        acteur=acteur, autorisation=line_of(mandat, "theme:argent"), at=AT
    )
    scan = CheckedFile("feuille.pdf", "application/pdf", b"%PDF-1.7")
    original = keep_original(acteur=acteur, mandat=mandat, confirmation=day, scan=scan, at=AT)
    world.args |= {
        f"confirmation{of}": day.public_id,
        f"original{of}": original.public_id,
        f"sheet{of}": waiting_sheet(acteur, mandat.usager, at=AT).public_id,
    }


def _twice(world: World, usager: Usager, aidant: Affectation, of: str) -> None:
    """A file that may be the same person's, and one that is."""
    said = {"structure": usager.structure, "given_names": usager.given_names}
    double, merged = (
        UsagerFactory.create(declared=True, family_name=usager.family_name, birthdate="", **said)
        for _file in range(2)
    )
    Usager.objects.filter(pk=merged.pk).update(merged_into=usager)
    row = Rapprochement.objects.create(
        structure=usager.structure, kept=usager, merged=merged, made_at=AT, made_by=aidant
    )
    world.args |= {f"double{of}": double.public_id, f"rapprochement{of}": row.public_id}


def _declarations(world: World, acteur: Acteur, usager: Usager, of: str) -> None:
    """One sent, with its correction, and the next one to come."""
    quarterly = followed(acteur, usager, at=AT, slug="caf-declaration-trimestrielle-rsa")
    world.args[f"quarterly{of}"] = quarterly.public_id
    for name, row in declared_for(acteur, quarterly, at=AT).items():
        world.args[f"{name}{of}"] = row.public_id


def _post(world: World, acteur: Acteur, usager: Usager, of: str) -> None:
    """A letter written with the person, and one received and scanned."""
    lettre = written(acteur, usager, at=AT)
    world.args |= {
        f"lettre{of}": lettre.public_id,
        f"version{of}": lettre.versions.get().public_id,
        f"courrier{of}": logged(acteur, usager, at=AT, scan=scanned()).public_id,
        "modele": lettre.modele,
    }


def _notes(world: World, acteur: Acteur, usager: Usager, of: str) -> None:
    """What one aidant alone reads about the person."""
    said = Said(f"Elle m’a parlé de {usager.family_name}.")
    note = write_note(acteur=acteur, usager=usager, kind=Kind.SECRET, said=said, key=uuid4(), at=AT)
    world.args |= {f"note{of}": note.public_id}


def _fiche(world: World, acteur: Acteur, of: str) -> None:
    """A text that everybody reads, and that the référent of the structure may hide."""
    demarche = Demarche.objects.get(
        slug="passeport-pre-demande" if of else "carte-identite-pre-demande"
    )
    texts = Texts(traps="Prendre rendez-vous d’abord.")
    version = write_version(
        acteur=acteur, demarche=demarche, texts=texts, based_on=0, key=uuid4(), at=AT
    )
    change = report_change(
        acteur=acteur, demarche=demarche, words="Le site a changé.", key=uuid4(), at=AT
    )
    hidden = {"hidden_at": AT, "hide_reason": HideReason.WRONG, "hidden_by": HiddenBy.REFERENT}
    Change.objects.filter(pk=change.pk).update(**hidden)
    world.args |= {f"text{of}": version.public_id, f"hidden text{of}": change.public_id}
    if not of:
        world.args |= {
            "any text": version.public_id,
            "any hidden text": change.public_id,
            "demarche": demarche.slug,
        }


def _connexions(world: World, rose: Usager) -> None:
    """One under way, where everything is chosen; one confirmed, which waits for its end."""
    party = make_party()
    arrived = StrictClient()
    arrived.get(
        reverse("oidc_provider:authorize"),
        authorize_request(party.client_id, claims=rep_scopes("logement")),
    )
    row = Transaction.objects.get()
    for cookies in world.cookies.values():
        for name, cookie in arrived.cookies.items():
            cookies[name] = cookie.value
    alice = world.staff["alice"]
    mandat = Mandat.objects.get(usager=rose)
    taken = {
        "compte": alice.compte,
        "affectation": alice,
        "structure": alice.structure,
        "session_id": world.args["session"],
        "usager": rose,
        "autorisation": line_of(mandat, "theme:logement"),
        "presence": "presence",
    }
    Transaction.objects.filter(pk=row.pk).update(**taken)
    ended = Transaction.objects.create(
        relying_party=party,
        redirect_uri=row.redirect_uri,
        state=row.state,
        nonce=row.nonce,
        browser_hash=row.browser_hash,
        created_at=AT,
        expires_at=AT + timedelta(minutes=10),
        ended_at=AT,
        end_kind=EndKind.CONFIRMED,
        **taken,
    )
    world.args |= {"transaction": row.public_id, "ended transaction": ended.public_id}


# What a stranger must leave as it stands. Each holds one way to the CCAS.
_KEPT: tuple[tuple[type[models.Model], str], ...] = (
    (Usager, "structure"),
    (Suivi, "affectation__structure"),
    (Channel, "usager__structure"),
    (Notice, "usager__structure"),
    (Note, "usager__structure"),
    (Draft, "affectation__structure"),
    (Acces, "usager__structure"),
    (Sheet, "structure"),
    (Original, "mandat__structure"),
    (Appel, "structure"),
    (Mandat, "structure"),
    (Autorisation, "structure"),
    (Usage, "autorisation__structure"),
    (Lettre, "structure"),
    (LettreVersion, "lettre__structure"),
    (Courrier, "structure"),
    (Declaration, "demarche_suivie__structure"),
    (Besoin, "structure"),
    (DemarcheSuivie, "structure"),
    (Depot, "demarche_suivie__structure"),
    (Affectation, "structure"),
    (Structure, "pk"),
    (Transaction, "structure"),
    (Echeance, "structure"),
    (Rapprochement, "structure"),
)


def kept(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the CCAS, and what alice logs in with, as the database holds them."""
    # Asked a thousand times: each question is put into SQL once, and ciphertexts are compared as they stand.
    world.questions = world.questions or {
        model.__name__: model._default_manager.filter(Q((way, world.ccas.pk)))
        .order_by("pk")
        .values_list()
        .query.sql_with_params()
        for model, way in _KEPT
    }
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for what, (sql, params) in world.questions.items():
            cursor.execute(sql, params)
            rows[what] = cursor.fetchall()
    alice = world.staff["alice"].compte
    sessions = OpenSession.objects.filter(compte=alice).values_list("public_id")
    factors = [(factor.ref,) for factor in comptes_queries.factors_of(alice)]
    return {**rows, "sessions": list(sessions), "factors": factors}
