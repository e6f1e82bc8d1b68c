"""Alice connects for Rose: the rows of the story, and each step of it through the real doors.

story = Story()                       # a structure, Alice, Rose, a mandat « social », FranceConnect
url = story.walk()                    # to the code; story.code holds it
tokens = story.exchange().json()
identity = story.userinfo(tokens["access_token"])
"""

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tandem.comptes.models import Compte
from tandem.comptes.tests.factories import CompteFactory, login, totp_code
from tandem.journal.rules import SYSTEM
from tandem.mandats.models import Autorisation, Mandat
from tandem.oidc_provider.actions import NewRelyingParty, add_relying_party
from tandem.oidc_provider.models import RelyingParty, Transaction
from tandem.oidc_provider.queries import choice_of
from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Theme
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.usagers.models import Usager

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of the relying party, forty-odd characters"
REDIRECT = "https://fc.example/api/v2/oidc-callback"
POST_LOGOUT = "https://fc.example/api/v2/client/logout-callback"


def make_structure(name: str = "CCAS de Rennes", siret: str = "26350238500019") -> Structure:
    return Structure.objects.create(
        name=name,
        siret=siret,
        address="1 place de la Mairie",
        postcode="35000",
        city="Rennes",
        search_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        created_at=AT,
    )


def make_aidant(structure: Structure, given_name: str = "Alice") -> Affectation:
    compte: Compte = CompteFactory.create(with_totp=True, given_name=given_name)
    CharteAcceptance.objects.create(
        compte=compte, structure=structure, version=CURRENT_VERSION, accepted_at=AT
    )
    return Affectation.objects.create(
        compte=compte, structure=structure, role="aidant", habilite_at=AT, started_at=AT
    )


def make_rose(structure: Structure, **changes: Any) -> Usager:
    values = {
        "structure": structure, "given_names": "Rose Marie", "family_name": "MARTIN", "birthdate": "1955-03-08",
        "gender": "female", "birthplace": "35238", "birthcountry": "99100", "email": "rose@example.org",
        "rung": "franceconnect", "rung_established_at": AT, "created_at": AT, "last_contact_at": AT,
        "protected": "none", "protected_asked_at": AT,
    }  # fmt: skip
    return Usager.objects.create(**{**values, **changes})


def make_line(
    rose: Usager,
    signed_by: Affectation,
    scope: str = "theme:social",
    theme: str = "social",
    presence: tuple[str, ...] = ("presence", "telephone"),
) -> Autorisation:
    mandat = Mandat.objects.create(
        structure=rose.structure, usager=rose, signed_by=signed_by, signed_at=AT, ends_at=AT + timedelta(days=31),
        duree="mois", snapshot="{}", seal=secrets.token_hex(32), text_version="2026-11", language="fr",
        consent_method="franceconnect", rung="franceconnect", verification_code=secrets.token_hex(8),
        verification_index=secrets.token_hex(32),
    )  # fmt: skip
    return Autorisation.objects.create(
        mandat=mandat, structure=rose.structure, usager=rose, scope=scope, theme=theme,
        presence_allowed=list(presence), started_at=AT, ends_at=AT + timedelta(days=31),
    )  # fmt: skip


def make_party(client_id: str = "franceconnect", **changes: Any) -> RelyingParty:
    values: dict[str, Any] = {
        "client_id": client_id,
        "name": "FranceConnect",
        "redirect_uris": [REDIRECT],
        "post_logout_uris": [POST_LOGOUT],
        "secret": SECRET,
    }
    asked = NewRelyingParty(**{**values, **changes})
    return add_relying_party(author=SYSTEM, asked=asked, at=AT)[0]


def authorize_request(client_id: str = "franceconnect", **changes: Any) -> dict[str, Any]:
    """As FranceConnect sends it (FI-01)."""
    values = {
        "client_id": client_id,
        "scope": "openid profile email birth",
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "state": "a" * 64,
        "nonce": "b" * 64,
        "acr_values": "eidas1",
        "prompt": "login",
        "claims": rep_scopes("social"),
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def rep_scopes(*themes: str) -> str:
    labels = [REP_SCOPES[theme] for theme in themes]
    return json.dumps({"id_token": {"rep_scope": {"essential": True, "values": labels}}})


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@dataclass
class Story:
    """One connexion; every step is a request to a real page."""

    client_class: type[Client] = Client
    structure: Structure = field(default_factory=make_structure)
    alice: Affectation = None  # type: ignore[assignment]  # made below, in the structure
    rose: Usager = None  # type: ignore[assignment]  # same
    line: Autorisation = None  # type: ignore[assignment]  # same
    party: RelyingParty = field(default_factory=make_party)
    transaction: Transaction = None  # type: ignore[assignment]  # after `arrive`
    code: str = ""

    def __post_init__(self) -> None:
        if not Theme.objects.exists():
            load_catalogue()
        self.alice = self.alice or make_aidant(self.structure)
        self.rose = self.rose or make_rose(self.structure)
        self.line = self.line or make_line(self.rose, self.alice)
        self.browser = login(self.client_class(), self.alice.compte)
        self.machine = self.client_class()

    @property
    def compte(self) -> Compte:
        return self.alice.compte

    def url(self, page: str) -> str:
        return reverse(f"oidc_provider:{page}", args=[self.transaction.public_id])

    def arrive(self, **changes: Any) -> Any:
        response = self.browser.get(
            "/oidc/authorize", authorize_request(self.party.client_id, **changes), secure=True
        )
        self.transaction = Transaction.objects.latest("pk")
        return response

    def choose_usager(self, browser: Client | None = None) -> Any:
        data = {"usager": str(self.rose.public_id)}
        return (browser or self.browser).post(self.url("choose_usager"), data, secure=True)

    def choose_line(self, browser: Client | None = None, **changes: Any) -> Any:
        data = {
            "autorisation": str(self.line.public_id),
            "presence": "presence",
            "service_declared": "ameli.fr",
            **changes,
        }
        return (browser or self.browser).post(self.url("demarche"), data, secure=True)

    def choice(self) -> str:
        """What the confirmation page shows now, as it carries it."""
        return choice_of(Transaction.objects.get(pk=self.transaction.pk))

    def confirm(self, browser: Client | None = None, *, typed: str | None = None) -> Any:
        from tandem.kernel import clock

        code = totp_code(self.compte, clock.now()) if typed is None else typed
        data = {"geste_code": code, "choix": self.choice()}
        response = (browser or self.browser).post(self.url("confirm"), data, secure=True)
        self.code = query_of(response.get("Location", "")).get("code", "")
        return response

    def walk(self, **changes: Any) -> str:
        """To the code; where the browser is sent."""
        self.arrive(**changes)
        self.choose_usager()
        self.choose_line()
        return str(self.confirm().get("Location", ""))

    def exchange(self, **changes: Any) -> Any:
        values = {
            "grant_type": "authorization_code",
            "client_id": self.party.client_id,
            "client_secret": SECRET,
            "code": self.code,
            "redirect_uri": REDIRECT,
            **changes,
        }
        return self.post("/oidc/token", {n: v for n, v in values.items() if v is not None})

    def post(self, path: str, values: dict[str, Any], **extra: Any) -> Any:
        from django.utils.http import urlencode

        return self.machine.post(
            path,
            urlencode(values, doseq=True),
            content_type="application/x-www-form-urlencoded",
            secure=True,
            **extra,
        )

    def userinfo(self, token: str, *, method: str = "get", **extra: Any) -> Any:
        return getattr(self.machine, method)(
            "/oidc/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}", secure=True, **extra
        )


def release(story: Story) -> dict[str, Any] | None:
    """From the code to the identity; None as soon as one door refuses."""
    tokens = story.exchange()
    if tokens.status_code != 200:
        return None
    answer = story.userinfo(tokens.json()["access_token"])
    return dict(answer.json()) if answer.status_code == 200 else None


ISSUER = settings.TANDEM_SITE_URL
