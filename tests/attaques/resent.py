"""What an aidant types in each form, so that it is accepted; the rest goes as the page has it.

`CREATES` and `CHANGES_ONLY` name every route whose POST leaves something: the walk along the table of accesses
holds them to the truth.
"""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tandem.comptes.tests.factories import totp_code
from tests.maison import hostile
from tests.maison.access_table import ROWS
from tests.maison.world import AT, World

CODE, SCAN = "the second factor", "a file"
WORDS, SOON = "Une chose à retenir", "2026-11-20"
NEWCOMER = {"given_names": "Jeanne", "family_name": "Kerbrat"}
TYPED: dict[str, dict[str, Any]] = {
    "acces:new_channel": {"kind": "email", "value": "neuve@exemple.fr", "geste_code": CODE},
    "accompagnements:besoin_close": {"kind": "done"},
    "accompagnements:besoin_new": {"words": WORDS},
    "accompagnements:file": {"no_receipt_reason": "not_given"},
    "accompagnements:step": {"text": WORDS},
    "comptes:recovery_codes": {"geste_code": CODE},
    "courriers:courrier_log": {"sent_by": "La CAF", "received_on": AT.date(), "meaning": WORDS},
    "courriers:lettre_edit": {"subject": "Demande", "body": WORDS, "recipient": "La CAF"},
    "documents:paper_of_day": {"detail": "La déclaration de revenus"},
    "echeances:add_to_demarche": {"title": "Appeler", "due_on": SOON},
    "echeances:add_to_person": {"title": "Appeler", "due_on": SOON},
    "fiches:report": {"words": WORDS},
    "fiches:write": {"traps": WORDS},
    "mandats:account": {"text": WORDS},
    "mandats:confirm": {"signed": "on"},
    "notes:correct": {"text": WORDS},
    "notes:write": {"text": WORDS},
    "oidc_provider:confirm": {"geste_code": CODE},
    "papier:elsewhere": {"service_declared": "La banque"},
    "papier:keep": {"scan": SCAN},
    "papier:keep_of_day": {"scan": SCAN},
    "rapprochements:compare": {"geste_code": CODE},
    "rapprochements:separate": {"geste_code": CODE},
    "signature:draft_recap": {"geste_code": CODE},
    "structures:invite": {"given_name": "Zoé", "family_name": "Exemple", "email": "zoe@exemple.fr"},
    "structures:person_end": {"confirmed": "on"},
    "usagers:channel_add": {"value": "06 12 00 00 01", "kind": "sms", "geste_code": CODE},
    "usagers:channel_discreet": {"geste_code": CODE},
    "usagers:channel_end": {"geste_code": CODE},
    "usagers:death": {"confirmed": "on"},
    "usagers:declare": NEWCOMER,
    "usagers:freeze": {"confirmed": "on"},
}
# What leaves a row of its own.
CREATES = (
    "acces:index", "acces:new_channel", "accompagnements:aide_new", "accompagnements:besoin_hand",
    "accompagnements:besoin_new", "accompagnements:close", "accompagnements:demarche_hand",
    "accompagnements:demarche_new", "accompagnements:file", "accompagnements:mandat", "accompagnements:step",
    "comptes:login_options", "comptes:passkey_options", "comptes:recovery_codes", "courriers:courrier_log",
    "courriers:lettre_write", "declarations:alone", "declarations:lettre", "declarations:of_person",
    "echeances:add_to_demarche", "echeances:add_to_person", "entrainement:begin", "fiches:report",
    "fiches:thank", "fiches:write", "mandats:send_code", "notes:correct", "notes:write",
    "oidc_provider:confirm", "papier:elsewhere", "papier:keep", "papier:keep_of_day", "papier:start",
    "rapprochements:compare", "rapprochements:distinguish", "signature:draft_recap", "signature:renew",
    "signature:start", "structures:invite", "usagers:channel_add", "usagers:channel_send", "usagers:declare",
    "usagers:follow",
)  # fmt: skip
# What changes a row that stands, or ends it: its trace and its messages are all it adds.
CHANGES_ONLY = (
    "acces:end", "accompagnements:aide_undo", "accompagnements:besoin_close", "accompagnements:take",
    "comptes:close_session", "courriers:courrier_settle", "courriers:lettre_sent", "declarations:copy",
    "declarations:fill", "declarations:leave", "documents:paper_of_day", "echeances:change", "echeances:drop",
    "echeances:finish", "fiches:hide", "fiches:hide_any", "fiches:show", "fiches:show_any", "mandats:account",
    "mandats:renounce", "mandats:stop", "mandats:stop_all", "mandats:stop_line", "notes:withdraw",
    "oidc_provider:end", "rapprochements:separate", "structures:person_end", "structures:person_themes",
    "structures:themes", "usagers:channel_discreet", "usagers:channel_end", "usagers:death", "usagers:freeze",
    "usagers:protection", "usagers:unfollow",
)  # fmt: skip
WRITES = (*CREATES, *CHANGES_ONLY)
# Those that a crowd sends with every run of the suite: a key, a code of the second factor, a file, none of them.
FEW = ("accompagnements:besoin_new", "signature:draft_recap", "papier:keep", "signature:start")
POSTED = tuple(name for name in sorted(ROWS) if "post" in ROWS[name].methods)


def sender(name: str) -> str:
    """Whose form it is."""
    special = {
        "referent": "bea",
        "operator": "oscar",
        "public": "anonymous",
        "protocol": "anonymous",
    }
    return special.get(ROWS[name].access, "alice")


def filled(world: World, name: str) -> dict[str, Any]:
    """The form of this route, filled in; the same key, code and file each time it is sent."""
    row, role = ROWS[name], sender(name)
    page = (
        world.browser(role).get(world.address(name, row.kwargs)) if "get" in row.methods else None
    )
    fields: dict[str, Any] = {} if page is None else hostile.fields_of(page.content.decode())
    fields |= TYPED.get(name, {})
    for field, value in fields.items():
        if value == CODE:
            fields[field] = totp_code(world.staff[role].compte, AT)
    return fields


def send(world: World, name: str, fields: dict[str, Any]) -> Any:
    """One POST of it, by a browser of its own with the session of whoever it is."""
    browser = world.browser(sender(name))
    browser.raise_request_exception = False
    pdf = SimpleUploadedFile("feuille.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    body = {key: pdf if value == SCAN else value for key, value in fields.items()}
    return browser.post(world.address(name, ROWS[name].kwargs), body)
