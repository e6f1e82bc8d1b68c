"""Add a relying party: who may ask for an identity, and how it proves who it is."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tandem.journal.rules import SYSTEM
from tandem.kernel import clock
from tandem.oidc_provider.actions import (
    NewRelyingParty,
    RelyingPartyRefused,
    add_relying_party,
)
from tandem.oidc_provider.rules.choices import Alg
from tandem.oidc_provider.rules.protocol import SCOPES


class Command(BaseCommand):
    help = (
        "Ajoute un service qui peut demander une identité (FranceConnect, ou une administration)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id", help="identifiant du service")
        parser.add_argument("--nom", required=True, help="nom montré aux aidants")
        parser.add_argument(
            "--redirect-uri", action="append", default=[], help="adresse de retour (répétable)"
        )
        parser.add_argument(
            "--post-logout-uri", action="append", default=[], help="retour après déconnexion"
        )
        parser.add_argument(
            "--suite-origine",
            action="append",
            default=[],
            help="origine où le service renvoie ensuite le navigateur (répétable)",
        )
        parser.add_argument(
            "--themes", default="", help="thèmes admis, séparés par des virgules (vide : tous)"
        )
        parser.add_argument(
            "--scopes", default=",".join(SCOPES), help="scopes admis, séparés par des virgules"
        )
        parser.add_argument("--id-token-alg", default=Alg.ES256.value, choices=Alg.values)
        parser.add_argument(
            "--userinfo-alg", default="", choices=["", *Alg.values], help="vide : JSON non signé"
        )
        parser.add_argument("--accepte-act", action="store_true", help="dit à ce service qui agit")
        parser.add_argument(
            "--secret-file",
            type=Path,
            help="fichier du secret ; sinon il est tiré et montré une fois",
        )
        parser.add_argument(
            "--cle-publique", type=Path, help="fichier JWK : private_key_jwt au lieu d’un secret"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        secret = (
            "" if options["secret_file"] is None else self._read(options["secret_file"]).strip()
        )
        asked = NewRelyingParty(
            client_id=options["client_id"],
            name=options["nom"],
            redirect_uris=options["redirect_uri"],
            post_logout_uris=options["post_logout_uri"],
            follow_origins=options["suite_origine"],
            themes=_words(options["themes"]),
            scopes=_words(options["scopes"]),
            id_token_alg=options["id_token_alg"],
            userinfo_alg=options["userinfo_alg"],
            accepts_act=options["accepte_act"],
            secret=secret,
            public_key=self._key(options["cle_publique"]),
        )
        try:
            party, shown = add_relying_party(author=SYSTEM, asked=asked, at=clock.now())
        except RelyingPartyRefused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"Service ajouté : {party.client_id}")
        if shown and not secret:
            self.stdout.write("Secret, montré cette seule fois :")
            self.stdout.write(shown)

    def _key(self, path: Path | None) -> dict[str, object] | None:
        if path is None:
            return None
        try:
            found = json.loads(self._read(path))
        except ValueError as error:
            raise CommandError("Ce fichier n’est pas un JWK.") from error
        if not isinstance(found, dict):
            raise CommandError("Ce fichier n’est pas un JWK.")
        return found

    @staticmethod
    def _read(path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Ce fichier ne se lit pas : {path}") from error


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
