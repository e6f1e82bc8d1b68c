"""Every route of Tandem: the page to walk, or why there is none. A new route must take a place here."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve


@dataclass(frozen=True)
class Stop:
    """A page to look at. `path` holds the objects in braces; `status` is what it answers.

    Attributes:
        says: words the page must hold; empty: none in particular.
        refused: the main form, sent as it is, is refused: its errors are looked at too.
    """

    route: str
    path: str
    state: str = ""
    status: int = 200
    says: str = ""
    refused: bool = False

    @property
    def name(self) -> str:
        return f"{self.route}, {self.state}" if self.state else self.route


EVERYONE = (
    Stop("espaces:public_home", "/"),
    Stop("espaces:where", "/ou-aller/", says="CCAS de Valmont"),
    Stop("espaces:where", "/ou-aller/?lieu=Nulleville", "empty", says="Aucun lieu"),
    Stop("espaces:help", "/aide/"),
    Stop("espaces:accessibility", "/accessibilite/"),
    Stop("espaces:privacy", "/confidentialite/"),
    Stop("espaces:legal", "/mentions-legales/"),
    Stop("comptes:login", "/comptes/connexion/", refused=True),
    Stop("comptes:activation", "/comptes/activation/", "gone", status=404),
    Stop("comptes:logged_out", "/comptes/deconnecte/"),
    Stop("preuves:start", "/verifier/", refused=True),
    Stop("papier:decline", "/papier/non/", refused=True),
    Stop("papier:declined", "/papier/non/fait/"),
    Stop("ui:components", "/composants/"),
    Stop("404", "/rien/", status=404, says="Que faire"),
)

ALICE = (
    Stop("espaces:home", "/accueil/", "with people"),
    Stop("espaces:search", "/personnes/", refused=True),
    Stop("espaces:person", "/personnes/{usager}/", "full"),
    Stop("espaces:readings", "/personnes/{usager}/journal/"),
    Stop("mandats:list", "/mandats/", "full"),
    Stop("mandats:list", "/mandats/?liste=bientot", "empty"),
    Stop("mandats:list", "/mandats/?liste=termines"),
    Stop("signature:start", "/mandats/nouveau/", "with drafts"),
    Stop("mandats:detail", "/mandats/{mandat}/", "full"),
    Stop("mandats:detail", "/mandats/{ended}/", "ended"),
    Stop("mandats:signed", "/mandats/{mandat}/signe/"),
    Stop("mandats:stop", "/mandats/{mandat}/arreter/"),
    Stop("mandats:stop_by_code", "/mandats/arreter/", refused=True),
    Stop("mandats:stop_all", "/mandats/personnes/{usager}/tout-arreter/"),
    Stop("mandats:stop_line", "/mandats/autorisations/{line}/arreter/"),
    Stop("mandats:confirm", "/mandats/autorisations/{line}/confirmer/"),
    Stop("mandats:confirm_code", "/mandats/autorisations/{line}/code/", refused=True),
    Stop("documents:paper_of_day", "/mandats/autorisations/{line}/papier-du-jour/", refused=True),
    Stop("mandats:account", "/mandats/usages/{usage}/compte-rendu/", refused=True),
    Stop("documents:page", "/mandats/{mandat}/documents/mandat/", "mandat"),
    Stop("documents:page", "/mandats/{mandat}/documents/mandat-facile/", "easy to read"),
    Stop("documents:page", "/mandats/{mandat}/documents/feuille/", "sheet"),
    Stop("documents:page", "/mandats/{mandat}/documents/compte/", "account of uses"),
    Stop("documents:page", "/mandats/{ended}/documents/recu/", "receipt"),
    Stop("documents:page", "/mandats/{mandat}/documents/explication-ar/", "right to left"),
    Stop("404", "/mandats/{usager}/", "another object", status=404),
)

PEOPLE = (
    Stop("usagers:card", "/usagers/{usager}/", "full"),
    Stop("usagers:rename", "/usagers/{usager}/nom/"),
    Stop("usagers:protection", "/usagers/{usager}/protection/"),
    Stop("usagers:channel_add", "/usagers/{usager}/contacts/ajouter/", refused=True),
    Stop("usagers:channel_prove", "/usagers/{usager}/contacts/{channel}/verifier/"),
    Stop("usagers:channel_discreet", "/usagers/{usager}/contacts/{channel}/discretion/"),
    Stop("usagers:channel_end", "/usagers/{usager}/contacts/{channel}/retirer/"),
    Stop("usagers:freeze", "/usagers/{usager}/suspendre/", refused=True),
    Stop("usagers:death", "/usagers/{usager}/deces/", refused=True),
    Stop("usagers:team_access", "/usagers/{usager}/acces/"),
    Stop("usagers:follow", "/usagers/{usager}/acces/ajouter/"),
)

ACCOUNT = (
    Stop("comptes:account", "/comptes/"),
    Stop("comptes:logout", "/comptes/deconnexion/"),
    Stop("comptes:keep_alive", "/comptes/prolonger/"),
    Stop("comptes:add_totp", "/comptes/facteurs/application/", refused=True),
    Stop("comptes:add_passkey", "/comptes/facteurs/cle/"),
    Stop("comptes:recovery_codes", "/comptes/facteurs/secours/"),
    Stop("comptes:remove_factor", "/comptes/facteurs/{factor}/retirer/"),
    Stop("comptes:change_password", "/comptes/mot-de-passe/", refused=True),
    Stop("structures:switch", "/structures/choisir/"),
    Stop("structures:charte", "/structures/charte/", "accepted"),
)

# The desk: the notebook, simple help, démarches followed, their dates, and the paper that goes home.
DESK = (
    Stop("accompagnements:besoins", "/besoins/", "full", says="les impôts"),
    Stop("accompagnements:besoins", "/besoins/?liste=terminees", "ended"),
    Stop("accompagnements:besoin_new", "/besoins/nouveau/", refused=True),
    Stop("accompagnements:sheets", "/besoins/feuilles/"),
    Stop("accompagnements:blank_sheet", "/besoins/feuilles/vierge/"),
    Stop("accompagnements:sheet", "/besoins/feuilles/{slug}/", says="Ce qui sera demandé"),
    Stop("accompagnements:besoin", "/besoins/{unnamed}/", "no name yet", says="sans nom"),
    Stop("accompagnements:besoin", "/besoins/{besoin}/", "full", says="Camille"),
    Stop("accompagnements:besoin_name", "/besoins/{unnamed}/nommer/", refused=True),
    Stop("accompagnements:besoin_hand", "/besoins/{unnamed}/passer/", refused=True),
    Stop("accompagnements:aide_new", "/aides/"),
    Stop("accompagnements:demarches", "/demarches/", "full", says="Résilier", refused=True),
    Stop("accompagnements:demarches", "/demarches/?liste=terminees", "ended"),
    Stop("accompagnements:demarche_new", "/demarches/nouvelle/", refused=True),
    Stop("accompagnements:demarche", "/demarches/{demarche}/", "full", says="Preuves"),
    Stop("accompagnements:demarche", "/demarches/{free}/", "free, no name yet"),
    Stop("accompagnements:demarche_name", "/demarches/{free}/nommer/", refused=True),
    Stop("accompagnements:demarche_hand", "/demarches/{demarche}/passer/", refused=True),
    Stop("accompagnements:step", "/demarches/{demarche}/etape/"),
    Stop("accompagnements:file", "/demarches/{demarche}/deposer/", refused=True),
    Stop("accompagnements:close", "/demarches/{demarche}/terminer/", refused=True),
    Stop("echeances:list", "/echeances/", "this week"),
    Stop("echeances:list", "/echeances/?liste={later}", "later"),
    Stop("echeances:of_demarche", "/echeances/demarche/{demarche}/", "full"),
    Stop("echeances:add_to_demarche", "/echeances/demarche/{demarche}/ajouter/", refused=True),
    Stop("echeances:add_to_person", "/echeances/personne/{usager}/ajouter/", refused=True),
    Stop("echeances:detail", "/echeances/{echeance}/", says="Rappeler le service"),
    Stop("echeances:change", "/echeances/{echeance}/modifier/"),
    Stop("entraide:appels", "/entraide/", "empty"),
    Stop("espaces:home", "/accueil/", "full desk"),
    Stop("espaces:person", "/personnes/{usager}/", "full desk"),
    Stop("espaces:sheet", "/personnes/{usager}/feuille/", says="Camille"),
    Stop("espaces:sheet", "/personnes/{usager}/feuille/?version=facile", "easy to read"),
    Stop("espaces:sheet", "/personnes/{usager}/feuille/?version=ar", "right to left"),
)

# What is written beside a person, what aidants write for each other, the account a person owns.
BESIDE = (
    Stop("notes:person", "/notes/{usager}/", "full", says="préfère le matin"),
    Stop("notes:write", "/notes/{usager}/ecrire/", refused=True),
    Stop("notes:correct", "/notes/{usager}/{note}/corriger/"),
    Stop("notes:withdraw", "/notes/{usager}/{note}/retirer/"),
    Stop("notes:shown", "/notes/{usager}/lire/"),
    Stop("notes:danger", "/notes/danger/"),
    Stop("fiches:index", "/fiches/", "full", refused=True),
    Stop("fiches:index", "/fiches/?theme=argent", "one theme"),
    Stop("fiches:sheet", "/fiches/{slug}/", "full", says="La bonne colonne"),
    Stop("fiches:sheet", "/fiches/{other}/", "not written"),
    Stop("fiches:write", "/fiches/{other}/ecrire/", refused=True),
    Stop("fiches:versions", "/fiches/{slug}/versions/"),
    Stop("fiches:report", "/fiches/{slug}/signaler/", refused=True),
    Stop("fiches:printed", "/fiches/{slug}/imprimer/"),
    Stop("acces:index", "/acces/personnes/{usager}/", "full", refused=True),
    Stop("acces:steps", "/acces/{acces}/", "begun"),
    Stop("acces:end", "/acces/{acces}/terminer/", refused=True),
    Stop("acces:new_channel", "/acces/{acces}/adresse/", refused=True),
    Stop("acces:slip", "/acces/{acces}/feuillet/"),
    Stop("usagers:declare", "/usagers/nouvelle/", refused=True),
    Stop("usagers:piece_seen", "/usagers/{declared}/piece/", refused=True),
    Stop("usagers:vouch", "/usagers/{declared}/connue/", refused=True),
)

BEATRICE = (
    # For whoever signed it, or a référente.
    Stop("mandats:renounce", "/mandats/{mandat}/renoncer/"),
    Stop("structures:people", "/structures/personnes/", "full"),
    Stop("structures:invite", "/structures/personnes/inviter/", refused=True),
    Stop("structures:person", "/structures/personnes/{aidant}/"),
    Stop("structures:person_themes", "/structures/personnes/{aidant}/themes/"),
    Stop("structures:person_end", "/structures/personnes/{aidant}/arreter/", refused=True),
    Stop("structures:themes", "/structures/themes/"),
    Stop("fiches:hidden", "/fiches/textes/masques/", "empty"),
    Stop("pilotage:statistics", "/statistiques/", "empty", says="pas encore de chiffres"),
)


PLACES = (*EVERYONE, *ALICE, *PEOPLE, *ACCOUNT, *DESK, *BESIDE, *BEATRICE)


@dataclass(frozen=True)
class Elsewhere:
    """Routes looked at by the journey that makes them possible, and those that are no page."""

    journeys: frozenset[str] = field(
        default=frozenset(
            {
                # test_first_login
                "comptes:activation_link", "comptes:enrol", "comptes:second_factor",
                # test_walk: the wizard, the connexion, the person's states
                "signature:draft", "signature:draft_demarches", "signature:draft_duree",
                "signature:draft_presence", "signature:draft_protection", "signature:draft_contact",
                "signature:draft_reading", "signature:draft_aidants", "signature:draft_transfer",
                "signature:draft_identification",
                "signature:draft_identity", "signature:draft_recap", "signature:franceconnect_return",
                "signature:franceconnect_logged_out", "oidc_provider:authorize",
                "oidc_provider:connexion", "oidc_provider:usager", "oidc_provider:demarche",
                "oidc_provider:confirm", "oidc_provider:end", "oidc_provider:logout",
                "usagers:thaw", "usagers:death_correct",
                # test_life
                "signature:draft_code",
                # test_verification
                "preuves:verify",
                # test_entrainement
                "entrainement:home", "entrainement:use", "signature:draft_fictitious",
                # test_person_present
                "espaces:resume",
                # test_desk: what a tap counts, what an end refuses, what a référent takes away
                "accompagnements:aide", "accompagnements:besoin_close", "accompagnements:pieces",
                "fiches:hide", "fiches:moderation", "fiches:hide_any", "pilotage:instance",
                # test_declaration
                "declarations:of_person", "declarations:fill", "declarations:leave", "declarations:detail",
                "declarations:read_back", "declarations:send", "declarations:repair",
                # test_same_person
                "rapprochements:doubles", "rapprochements:choose", "rapprochements:compare",
                "rapprochements:separate",
                # test_courriers
                "courriers:courriers", "courriers:courrier_log", "courriers:courrier",
                "courriers:courrier_correct", "courriers:lettres", "courriers:lettre_choose",
                "courriers:lettre_write", "courriers:lettre_edit", "courriers:lettre",
                "courriers:version", "courriers:lettre_sent",
                # test_paper_mandat
                "papier:start", "papier:sheet",
                "papier:printed", "papier:note", "papier:waiting", "papier:decide", "papier:originals",
                "papier:keep", "papier:keep_of_day", "papier:elsewhere",
            }
        )
    )  # fmt: skip
    no_page: frozenset[str] = field(
        default=frozenset(
            {
                # POST only: what follows is a page of ours
                "comptes:login_passkey", "comptes:recovery_done", "comptes:refuse_reset",
                "comptes:close_others", "comptes:close_session", "espaces:person_present",
                "espaces:blank", "entrainement:begin", "entrainement:leave", "entrainement:start_over",
                "signature:draft_discard", "mandats:finish", "signature:renew", "mandats:send_code",
                "oidc_provider:choose_usager", "oidc_provider:send_code",
                "oidc_provider:record_code", "oidc_provider:record_paper", "oidc_provider:cancel",
                "usagers:told", "usagers:channel_send", "usagers:unfollow",
                "accompagnements:besoin_reopen", "accompagnements:aide_undo",
                "accompagnements:reopen", "accompagnements:mandat", "accompagnements:take",
                "echeances:finish", "echeances:drop", "echeances:reopen",
                "courriers:courrier_settle", "courriers:courrier_reopen", "rapprochements:distinguish",
                "entraide:call", "entraide:answer", "entraide:end", "fiches:thank", "fiches:show", "fiches:show_any",
                "declarations:prepare", "declarations:copy", "declarations:resume", "declarations:lettre",
                "declarations:alone", "declarations:paper",
                # JSON, a file, a machine
                "comptes:login_options", "comptes:passkey_options", "comptes:gesture_options",
                "accompagnements:blank_sheet_pdf", "accompagnements:sheet_pdf",
                "accompagnements:receipt", "accompagnements:brouillon", "courriers:lettre_pdf",
                "courriers:courrier_scan", "echeances:calendar", "echeances:calendar_one",
                "papier:pdf", "papier:original", "papier:take_road",
                "espaces:sheet_pdf", "pilotage:export", "oidc_provider:status",
                "documents:pdf", "oidc_provider:configuration", "oidc_provider:jwks",
                "oidc_provider:token", "oidc_provider:userinfo", "ui:favicon", "ui:robots", "sante", "metriques",
                # allauth's own name for comptes:login
                "account_login",
            }
        )
    )  # fmt: skip


# They lead elsewhere, whatever is asked: the page that follows is looked at.
REDIRECTS = frozenset(
    {
        "comptes:activation_link", "oidc_provider:authorize", "oidc_provider:logout",
        "signature:draft", "signature:franceconnect_logged_out",
    }
)  # fmt: skip

# Forms that axe need not see refused, with why; a new form is in none of these.
NOT_REFUSED = frozenset(
    {
        # An answer is given already, or none is an answer.
        "signature:draft_duree", "signature:draft_presence", "signature:draft_aidants",
        "structures:switch", "structures:themes", "structures:person_themes",
        "usagers:protection", "usagers:team_access", "usagers:channel_discreet", "mandats:list",
        # One box to tick, or one field, drawn as on the pages that are seen refusing.
        "usagers:channel_end", "usagers:follow", "usagers:rename", "usagers:thaw",
        "rapprochements:compare", "rapprochements:separate",
        "usagers:channel_prove", "mandats:confirm", "mandats:renounce", "comptes:add_passkey",
        # The passkey answers of itself: its refusal is looked at on comptes:second_factor.
        "comptes:recovery_codes", "comptes:remove_factor",
        # Its search is refused on espaces:search; its codes are on the page that sends them.
        "espaces:home", "oidc_provider:record_code", "signature:draft_code", "ui:components",
    }
)  # fmt: skip


@dataclass
class Seen:
    """What was truly looked at, not what was meant to be: routes, those with a form, those seen refusing it."""

    routes: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def note(self, address: str, *, has_form: bool) -> None:
        """axe has just been there."""
        route = route_of(address)
        self.routes.add(route)
        if has_form:
            self.forms.add(route)

    def add(self, other: "Seen") -> None:
        """What another window saw."""
        self.routes |= other.routes
        self.forms |= other.forms
        self.refused |= other.refused

    def packed(self) -> dict[str, list[str]]:
        """What crosses from one process to another."""
        return {name: sorted(value) for name, value in vars(self).items()}

    def missing(self) -> list[str]:
        """One line for each page, or refusal, that a whole run did not look at."""
        pages = routes() - Elsewhere().no_page - REDIRECTS
        return [
            *(f"axe never saw {route}" for route in sorted(pages - self.routes)),
            *(
                f"axe never saw {route} refuse its form"
                for route in sorted(self.forms - self.refused - NOT_REFUSED)
            ),
        ]


def route_of(address: str) -> str:
    """« mandats:list » of an address; « 404 » when there is none."""
    try:
        return str(resolve(urlsplit(address).path).view_name)
    except Resolver404:
        return "404"


def walked() -> set[str]:
    """Every route that a walk looks at."""
    return {stop.route for stop in PLACES} - {"404"}


def routes() -> set[str]:
    """Every route of the house."""
    return set(_names(get_resolver().url_patterns))


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            own = f"{pattern.app_name}:" if pattern.app_name else ""
            found += _names(pattern.url_patterns, prefix + own)
        else:
            found.append(f"{prefix}{pattern.name}")
    return found
