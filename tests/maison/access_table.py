"""Who may open what: one row for each route of Tandem (law 4, A-24).

`about` says whose is the object in the address: "rose" (a person of the CCAS: her team sees her), "ccas" (a
colleague, whom the référente sees), "alice" (hers alone: her draft, her connexion, her session). Whoever
it is not for gets 404, as if it did not exist.
"""

from dataclasses import dataclass, field

from tests.maison.world import ROLES

# What an answer says of the door, whatever the page then does with the request.
LOGIN = "login"
CLOSED = "closed"
HIDDEN = "hidden"
OPEN = "open"

# The access that a view declares, and the roles it lets in.
PUBLIC, PROTOCOL, COMPTE = "public", "protocol", "compte"
AIDANT, REFERENT, AIDANT_OR_REFERENT = "aidant", "referent", "aidant or referent"
LETS_IN = {
    PUBLIC: ROLES,
    PROTOCOL: ROLES,
    COMPTE: tuple(role for role in ROLES if role != "anonymous"),
    AIDANT: ("alice", "bob", "bea", "charlie", "diane"),
    REFERENT: ("bea", "diane"),
    AIDANT_OR_REFERENT: ("alice", "bob", "bea", "charlie", "diane"),
    "operator": ("oscar",),
}
SEEN_BY = {
    "": ROLES,
    "rose": ("alice", "bob", "bea"),
    "ccas": ("alice", "bob", "bea"),
    "alice": ("alice",),
}
# The same once the file is kept to those who follow the person (P-10).
KEPT_TO_FOLLOWERS = {**SEEN_BY, "rose": ("alice",)}
OTHERS = ("bob", "bea", "eve", "charlie", "diane", "oscar")

GET, POST, BOTH = ("get",), ("post",), ("get", "post")


@dataclass(frozen=True)
class Row:
    """One route: who may open it, by which methods, with which objects of the world in its address.

    `otherwise`: what a role ("bob"), or a role by a method ("bob post"), gets instead; an address says that they
    are sent there.
    """

    access: str
    methods: tuple[str, ...] = GET
    kwargs: dict[str, str] = field(default_factory=dict)
    about: str = ""
    otherwise: dict[str, str] = field(default_factory=dict)


# What may stand in an address, by the name of the argument.
ROSE = {"public_id": "usager"}
DECLARATION = {"public_id": "declaration"}
CORRECTION = {"public_id": "correction"}
ROSE_IN_MANDATS = {"usager_id": "usager"}
CHANNEL = {"public_id": "usager", "channel_id": "channel"}
SUIVI = {"public_id": "usager", "suivi_id": "suivi"}
NOTE = {"public_id": "usager", "note_id": "note"}
MANDAT = {"mandat_id": "mandat"}
DOCUMENT = {"mandat_id": "mandat", "kind": "kind"}
LINE = {"autorisation_id": "line"}
USAGE = {"usage_id": "usage"}
LETTRE = {"public_id": "lettre"}
VERSION = {"public_id": "version"}
COURRIER = {"public_id": "courrier"}
ACCES = {"acces_id": "acces"}
SHEET_NOTED = {"sheet_id": "sheet"}
ORIGINAL = {"original_id": "original"}
OF_DAY = {"mandat_id": "mandat", "confirmation_id": "confirmation"}
APPEL = {"appel_id": "appel"}
DRAFT = {"draft_id": "draft"}
CONNEXION = {"public_id": "transaction"}
ENDED = {"public_id": "ended transaction"}
BOB = {"public_id": "colleague"}
SESSION = {"session_id": "session"}
FACTOR = {"ref": "factor"}
ECHEANCE = {"public_id": "echeance"}
DATES = {"demarche_id": "followed"}
FICHE = {"slug": "demarche"}
TEXT = {"text_id": "text"}
ANY_TEXT = {"text_id": "any text"}
HIDDEN_TEXT = {"text_id": "hidden text"}
ANY_HIDDEN_TEXT = {"text_id": "any hidden text"}
# These belong to nobody: whoever holds them may show them.
TOKEN = {"token": "token"}
CODE = {"code": "code"}

TWO_FILES = {"public_id": "usager", "other_id": "double"}
RAPPROCHEMENT = {"rapprochement_id": "rapprochement"}
BESOIN = {"public_id": "besoin"}
SUIVIE = {"public_id": "demarche_suivie"}
RELAIS = {"relais_id": "relais"}
DEPOT = {"depot_id": "depot"}
AIDE = {"public_id": "aide"}
SHEET = {"slug": "slug"}
PAGE = {"page": "page"}

ROWS: dict[str, Row] = {
    # accompagnements
    "accompagnements:aide": Row(COMPTE, GET, AIDE, about="alice"),
    "accompagnements:aide_new": Row(COMPTE, BOTH, otherwise={"eve": CLOSED, "oscar": CLOSED}),
    "accompagnements:aide_undo": Row(COMPTE, POST, AIDE, about="alice"),
    "accompagnements:besoin": Row(AIDANT, GET, BESOIN, about="rose"),
    "accompagnements:besoin_close": Row(AIDANT, POST, BESOIN, about="rose"),
    "accompagnements:besoin_hand": Row(AIDANT, BOTH, BESOIN, about="rose"),
    "accompagnements:besoin_name": Row(AIDANT, BOTH, BESOIN, about="rose"),
    "accompagnements:besoin_new": Row(AIDANT, BOTH),
    "accompagnements:besoin_reopen": Row(AIDANT, POST, BESOIN, about="rose"),
    "accompagnements:besoins": Row(AIDANT, GET),
    "accompagnements:blank_sheet": Row(AIDANT, GET),
    "accompagnements:blank_sheet_pdf": Row(AIDANT, GET),
    "accompagnements:brouillon": Row(AIDANT, POST, PAGE),
    "accompagnements:close": Row(AIDANT, BOTH, SUIVIE, about="rose"),
    "accompagnements:demarche": Row(AIDANT, GET, SUIVIE, about="rose"),
    "accompagnements:demarche_hand": Row(AIDANT, BOTH, SUIVIE, about="rose"),
    "accompagnements:demarche_name": Row(AIDANT, BOTH, SUIVIE, about="rose"),
    "accompagnements:demarche_new": Row(AIDANT, BOTH),
    "accompagnements:demarches": Row(AIDANT, BOTH),
    "accompagnements:file": Row(AIDANT, BOTH, SUIVIE, about="rose"),
    "accompagnements:mandat": Row(AIDANT, POST, SUIVIE, about="rose"),
    "accompagnements:pieces": Row(AIDANT, POST, SUIVIE, about="rose"),
    "accompagnements:receipt": Row(AIDANT, GET, DEPOT, about="rose"),
    "accompagnements:reopen": Row(AIDANT, POST, SUIVIE, about="rose"),
    "accompagnements:sheet": Row(AIDANT, GET, SHEET),
    "accompagnements:sheet_pdf": Row(AIDANT, GET, SHEET),
    "accompagnements:sheets": Row(AIDANT, GET),
    "accompagnements:step": Row(AIDANT, BOTH, SUIVIE, about="rose"),
    "accompagnements:take": Row(AIDANT, POST, RELAIS, about="alice"),
    # acces
    "acces:end": Row(AIDANT, BOTH, ACCES, about="rose"),
    "acces:index": Row(AIDANT, BOTH, {"usager_id": "usager"}, about="rose"),
    "acces:new_channel": Row(AIDANT, BOTH, ACCES, about="rose"),
    "acces:slip": Row(AIDANT, GET, ACCES, about="rose"),
    "acces:steps": Row(AIDANT, BOTH, ACCES, about="rose"),
    # The name that allauth reverses by itself
    "account_login": Row(PUBLIC, BOTH),
    # comptes
    "comptes:account": Row(COMPTE, GET),
    "comptes:activation": Row(PUBLIC, BOTH, otherwise=dict.fromkeys(ROLES, HIDDEN)),
    "comptes:activation_link": Row(PUBLIC, GET, TOKEN),
    "comptes:add_passkey": Row(COMPTE, BOTH),
    "comptes:add_totp": Row(COMPTE, BOTH),
    "comptes:change_password": Row(COMPTE, BOTH),
    "comptes:close_others": Row(COMPTE, POST),
    "comptes:close_session": Row(COMPTE, POST, SESSION, about="alice"),
    "comptes:enrol": Row(COMPTE, GET),
    "comptes:gesture_options": Row(COMPTE, POST),
    "comptes:keep_alive": Row(COMPTE, BOTH),
    "comptes:logged_out": Row(PUBLIC, GET),
    "comptes:login": Row(PUBLIC, BOTH),
    "comptes:login_options": Row(PUBLIC, POST),
    "comptes:login_passkey": Row(PUBLIC, POST),
    "comptes:logout": Row(PUBLIC, BOTH),
    "comptes:passkey_options": Row(COMPTE, POST),
    "comptes:recovery_codes": Row(COMPTE, BOTH),
    "comptes:recovery_done": Row(COMPTE, POST),
    "comptes:refuse_reset": Row(COMPTE, POST),
    "comptes:remove_factor": Row(
        COMPTE, BOTH, FACTOR, about="alice", otherwise=dict.fromkeys(OTHERS, "/comptes/")
    ),
    "comptes:second_factor": Row(PUBLIC, BOTH, otherwise=dict.fromkeys(ROLES, LOGIN)),
    # courriers
    "courriers:courrier": Row(AIDANT, GET, COURRIER, about="rose"),
    "courriers:courrier_correct": Row(AIDANT, BOTH, COURRIER, about="rose"),
    "courriers:courrier_log": Row(AIDANT, BOTH, ROSE, about="rose"),
    "courriers:courrier_reopen": Row(AIDANT, POST, COURRIER, about="rose"),
    "courriers:courrier_scan": Row(AIDANT, GET, COURRIER, about="rose"),
    "courriers:courrier_settle": Row(AIDANT, POST, COURRIER, about="rose"),
    "courriers:courriers": Row(AIDANT, GET, ROSE, about="rose"),
    "courriers:lettre": Row(AIDANT, GET, LETTRE, about="rose"),
    "courriers:lettre_choose": Row(AIDANT, GET, ROSE, about="rose"),
    "courriers:lettre_edit": Row(AIDANT, BOTH, LETTRE, about="rose"),
    "courriers:lettre_pdf": Row(AIDANT, GET, LETTRE, about="rose"),
    "courriers:lettre_sent": Row(AIDANT, BOTH, LETTRE, about="rose"),
    "courriers:lettre_write": Row(AIDANT, BOTH, ROSE | {"modele": "modele"}, about="rose"),
    "courriers:lettres": Row(AIDANT, GET, ROSE, about="rose"),
    "courriers:version": Row(AIDANT, GET, VERSION, about="rose"),
    # declarations
    "declarations:alone": Row(AIDANT, POST, DECLARATION, about="rose"),
    "declarations:copy": Row(AIDANT, POST, DECLARATION, about="rose"),
    "declarations:detail": Row(AIDANT, GET, DECLARATION, about="rose"),
    "declarations:fill": Row(AIDANT, BOTH, DECLARATION, about="rose"),
    "declarations:leave": Row(AIDANT, BOTH, DECLARATION, about="rose"),
    "declarations:lettre": Row(AIDANT, POST, CORRECTION, about="rose"),
    "declarations:of_person": Row(AIDANT, BOTH, ROSE, about="rose"),
    "declarations:paper": Row(AIDANT, GET, DECLARATION, about="rose"),
    "declarations:prepare": Row(AIDANT, POST, {"public_id": "quarterly"}, about="rose"),
    "declarations:read_back": Row(AIDANT, BOTH, DECLARATION, about="rose"),
    "declarations:repair": Row(AIDANT, BOTH, {"public_id": "sent declaration"}, about="rose"),
    "declarations:resume": Row(AIDANT, POST, DECLARATION, about="rose"),
    "declarations:send": Row(AIDANT, BOTH, DECLARATION, about="rose"),
    # documents
    "documents:page": Row(AIDANT, GET, DOCUMENT, about="rose"),
    "documents:paper_of_day": Row(AIDANT, BOTH, LINE, about="rose"),
    "documents:pdf": Row(AIDANT, GET, DOCUMENT, about="rose"),
    # echeances
    "echeances:add_to_demarche": Row(AIDANT, BOTH, DATES, about="rose"),
    "echeances:add_to_person": Row(AIDANT, BOTH, {"usager_id": "usager"}, about="rose"),
    "echeances:calendar": Row(AIDANT, GET),
    "echeances:calendar_one": Row(AIDANT, GET, ECHEANCE, about="rose"),
    "echeances:change": Row(AIDANT, BOTH, ECHEANCE, about="rose"),
    "echeances:detail": Row(AIDANT, GET, ECHEANCE, about="rose"),
    "echeances:drop": Row(AIDANT, POST, ECHEANCE, about="rose"),
    "echeances:finish": Row(AIDANT, POST, ECHEANCE, about="rose"),
    "echeances:list": Row(AIDANT, GET),
    "echeances:of_demarche": Row(AIDANT, GET, DATES, about="rose"),
    "echeances:reopen": Row(AIDANT, POST, ECHEANCE, about="rose"),
    # entraide
    "entraide:answer": Row(AIDANT, POST, APPEL, about="ccas"),
    "entraide:appels": Row(AIDANT, GET),
    "entraide:call": Row(AIDANT, POST),
    "entraide:end": Row(AIDANT, POST, APPEL, about="ccas"),
    # entrainement
    "entrainement:begin": Row(COMPTE, POST, otherwise={"oscar": CLOSED}),
    "entrainement:home": Row(COMPTE, GET),
    "entrainement:leave": Row(COMPTE, POST),
    "entrainement:start_over": Row(AIDANT, POST),
    # Of a sandbox, where none of them is.
    "entrainement:use": Row(
        AIDANT, BOTH, otherwise=dict.fromkeys(("alice", "bob", "bea", "charlie", "diane"), HIDDEN)
    ),
    # espaces
    "espaces:accessibility": Row(PUBLIC, GET),
    "espaces:blank": Row(COMPTE, POST),
    "espaces:help": Row(PUBLIC, GET),
    "espaces:home": Row(AIDANT, GET),
    "espaces:legal": Row(PUBLIC, GET),
    "espaces:person": Row(AIDANT, GET, ROSE, about="rose"),
    "espaces:person_present": Row(AIDANT, POST),
    "espaces:privacy": Row(PUBLIC, GET),
    "espaces:public_home": Row(PUBLIC, GET),
    "espaces:readings": Row(AIDANT, GET, ROSE, about="rose"),
    "espaces:sheet": Row(AIDANT, GET, ROSE, about="rose"),
    "espaces:sheet_pdf": Row(AIDANT, GET, ROSE, about="rose"),
    "espaces:resume": Row(COMPTE, BOTH),
    "espaces:search": Row(AIDANT, BOTH),
    "espaces:where": Row(PUBLIC, GET),
    # mandats
    "mandats:account": Row(AIDANT, BOTH, USAGE, about="rose"),
    "mandats:confirm": Row(AIDANT, BOTH, LINE, about="rose"),
    "mandats:confirm_code": Row(AIDANT, BOTH, LINE, about="rose"),
    "mandats:detail": Row(AIDANT, GET, MANDAT, about="rose"),
    "mandats:finish": Row(AIDANT, POST, MANDAT, about="rose"),
    "mandats:list": Row(AIDANT, BOTH),
    "mandats:renounce": Row(AIDANT, BOTH, MANDAT, about="rose", otherwise={"bob": CLOSED}),
    "mandats:send_code": Row(AIDANT, POST, LINE, about="rose"),
    "mandats:signed": Row(AIDANT, GET, MANDAT, about="rose"),
    "mandats:stop": Row(AIDANT, BOTH, MANDAT, about="rose"),
    "mandats:stop_all": Row(AIDANT, BOTH, ROSE_IN_MANDATS, about="rose"),
    "mandats:stop_by_code": Row(AIDANT_OR_REFERENT, BOTH),
    "mandats:stop_line": Row(AIDANT, BOTH, LINE, about="rose"),
    # fiches
    "fiches:hidden": Row(REFERENT, GET),
    "fiches:hide": Row(REFERENT, BOTH, TEXT, about="ccas"),
    "fiches:hide_any": Row("operator", BOTH, ANY_TEXT),
    "fiches:index": Row(AIDANT, BOTH),
    "fiches:moderation": Row("operator", GET),
    "fiches:printed": Row(AIDANT, GET, FICHE),
    "fiches:report": Row(AIDANT, BOTH, FICHE),
    "fiches:sheet": Row(AIDANT, GET, FICHE),
    "fiches:show": Row(REFERENT, POST, HIDDEN_TEXT, about="ccas"),
    "fiches:show_any": Row("operator", POST, ANY_HIDDEN_TEXT),
    "fiches:thank": Row(AIDANT, POST, FICHE),
    "fiches:versions": Row(AIDANT, GET, FICHE),
    "fiches:write": Row(AIDANT, BOTH, FICHE),
    # notes
    "notes:correct": Row(AIDANT, BOTH, NOTE, about="alice"),
    "notes:danger": Row(AIDANT, GET),
    "notes:person": Row(AIDANT, GET, ROSE, about="rose"),
    "notes:shown": Row(AIDANT, GET, ROSE, about="rose"),
    "notes:withdraw": Row(AIDANT, BOTH, NOTE, about="alice"),
    "notes:write": Row(AIDANT, BOTH, ROSE, about="rose"),
    # oidc_provider
    "oidc_provider:authorize": Row(PROTOCOL, BOTH),
    "oidc_provider:cancel": Row(PUBLIC, POST, CONNEXION, about="alice"),
    "oidc_provider:choose_usager": Row(AIDANT, POST, CONNEXION, about="alice"),
    "oidc_provider:configuration": Row(PROTOCOL, GET),
    "oidc_provider:confirm": Row(AIDANT, BOTH, CONNEXION, about="alice"),
    "oidc_provider:connexion": Row(PUBLIC, GET, CONNEXION, about="alice"),
    "oidc_provider:demarche": Row(AIDANT, BOTH, CONNEXION, about="alice"),
    "oidc_provider:end": Row(AIDANT, BOTH, ENDED, about="alice"),
    "oidc_provider:jwks": Row(PROTOCOL, GET),
    "oidc_provider:logout": Row(PROTOCOL, BOTH),
    "oidc_provider:record_code": Row(AIDANT, POST, CONNEXION, about="alice"),
    "oidc_provider:record_paper": Row(AIDANT, POST, CONNEXION, about="alice"),
    "oidc_provider:send_code": Row(AIDANT, POST, CONNEXION, about="alice"),
    "oidc_provider:status": Row(PROTOCOL, GET),
    "oidc_provider:token": Row(PROTOCOL, POST),
    "oidc_provider:usager": Row(AIDANT, BOTH, CONNEXION, about="alice"),
    "oidc_provider:userinfo": Row(PROTOCOL, BOTH),
    # pilotage
    "pilotage:export": Row(REFERENT, POST),
    "pilotage:instance": Row("operator", GET),
    "pilotage:statistics": Row(REFERENT, GET),
    # papier
    "papier:decide": Row(AIDANT, BOTH, SHEET_NOTED, about="rose"),
    "papier:decline": Row(PUBLIC, BOTH),
    "papier:declined": Row(PUBLIC, GET),
    "papier:elsewhere": Row(AIDANT, BOTH, LINE, about="rose"),
    "papier:keep": Row(AIDANT, BOTH, MANDAT, about="rose"),
    "papier:keep_of_day": Row(AIDANT, BOTH, OF_DAY, about="rose"),
    "papier:note": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "papier:original": Row(AIDANT, GET, ORIGINAL, about="rose"),
    "papier:originals": Row(AIDANT, GET, MANDAT, about="rose"),
    "papier:pdf": Row(AIDANT, GET, DRAFT, about="alice"),
    "papier:printed": Row(AIDANT, GET, DRAFT, about="alice"),
    "papier:sheet": Row(AIDANT, GET, DRAFT, about="alice"),
    "papier:start": Row(AIDANT, BOTH, ROSE_IN_MANDATS, about="rose"),
    "papier:take_road": Row(AIDANT, POST, DRAFT, about="alice"),
    "papier:waiting": Row(AIDANT, GET),
    # preuves
    "preuves:start": Row(PUBLIC, BOTH),
    "preuves:verify": Row(PUBLIC, GET, CODE),
    # rapprochements
    "rapprochements:choose": Row(AIDANT, BOTH, ROSE, about="rose"),
    "rapprochements:compare": Row(AIDANT, BOTH, TWO_FILES, about="rose"),
    "rapprochements:distinguish": Row(AIDANT, POST, TWO_FILES, about="rose"),
    "rapprochements:doubles": Row(AIDANT, GET),
    "rapprochements:separate": Row(AIDANT, BOTH, RAPPROCHEMENT, about="rose"),
    # signature
    "signature:draft": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_aidants": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_code": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_contact": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_demarches": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_discard": Row(AIDANT, POST, DRAFT, about="alice"),
    "signature:draft_duree": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_fictitious": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_identification": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_identity": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_presence": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_protection": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_reading": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_recap": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:draft_transfer": Row(AIDANT, BOTH, DRAFT, about="alice"),
    "signature:franceconnect_logged_out": Row(AIDANT, GET),
    "signature:franceconnect_return": Row(AIDANT, GET),
    "signature:renew": Row(AIDANT, POST, MANDAT, about="rose"),
    "signature:start": Row(AIDANT, BOTH),
    # structures
    "structures:charte": Row(COMPTE, BOTH),
    "structures:invite": Row(REFERENT, BOTH),
    "structures:people": Row(REFERENT, GET),
    "structures:person": Row(REFERENT, GET, BOB, about="ccas"),
    "structures:person_end": Row(REFERENT, BOTH, BOB, about="ccas"),
    "structures:person_themes": Row(REFERENT, BOTH, BOB, about="ccas"),
    "structures:switch": Row(COMPTE, BOTH),
    "structures:themes": Row(REFERENT, BOTH),
    # the shell: who may read /metriques is shown in config/tests/test_watch.py
    "metriques": Row(PROTOCOL, GET),
    "sante": Row(PROTOCOL, GET),
    # ui
    "ui:components": Row(PUBLIC, GET),
    "ui:favicon": Row(PUBLIC, GET),
    "ui:robots": Row(PUBLIC, GET),
    # usagers
    "usagers:card": Row(AIDANT, GET, ROSE, about="rose"),
    "usagers:channel_add": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:channel_discreet": Row(AIDANT, BOTH, CHANNEL, about="rose"),
    "usagers:channel_end": Row(AIDANT, BOTH, CHANNEL, about="rose"),
    "usagers:channel_prove": Row(AIDANT, BOTH, CHANNEL, about="rose"),
    "usagers:channel_send": Row(AIDANT, POST, CHANNEL, about="rose"),
    "usagers:declare": Row(AIDANT, BOTH),
    "usagers:death": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:death_correct": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:follow": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:freeze": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:piece_seen": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:protection": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:rename": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:team_access": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:thaw": Row(AIDANT, BOTH, ROSE, about="rose"),
    "usagers:told": Row(AIDANT, POST, ROSE, about="rose"),
    "usagers:unfollow": Row(AIDANT, POST, SUIVI, about="rose"),
    "usagers:vouch": Row(AIDANT, BOTH, ROSE, about="rose"),
}
