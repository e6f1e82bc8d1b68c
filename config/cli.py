"""The `tandem` command: everything an operator types."""

import os
import sys
from collections.abc import Sequence

USAGE = """\
tandem : l'assistance numérique sous mandat

  tandem serve                    servir le site (granian)
  tandem worker [--once]          envoyer les messages et lancer les travaux réguliers
  tandem migrate                  mettre la base à jour, charger le catalogue
  tandem check                    dire ce qui ne va pas dans l'installation
  tandem structure add …          créer une structure et ses premières personnes
  tandem structure close …        fermer une structure
  tandem compte operator …        créer un compte d'exploitant
  tandem compte reset …           remettre à zéro les facteurs d'un compte (deux personnes nommées)
  tandem relying-party add …      ouvrir le fournisseur d'identité à un client
  tandem relying-party list       lister les clients
  tandem relying-party disable …  fermer un client
  tandem keys rotate              renouveler les clés de signature
  tandem encryption rotate        rechiffrer avec la première clé
  tandem journal verify           vérifier le journal en entier
  tandem journal export …         exporter une chaîne, à vérifier sans Tandem
  tandem backup FICHIER           sauvegarder la base et les fichiers, chiffrés
  tandem restore FICHIER          restaurer dans une installation vide
  tandem purge                    effacer les données techniques arrivées à terme

tandem COMMANDE --help dit les options. Les réglages se lisent dans l'environnement (docs/exploitation.md).
"""

# One or two words, and the management command of the room that does the work.
COMMANDS: dict[tuple[str, ...], str] = {
    ("worker",): "worker",
    ("purge",): "purge",
    ("structure", "add"): "structure_add",
    ("structure", "close"): "structure_close",
    ("compte", "operator"): "compte_operator",
    ("compte", "reset"): "compte_reset",
    ("relying-party", "add"): "relying_party_add",
    ("relying-party", "list"): "relying_party_list",
    ("relying-party", "disable"): "relying_party_disable",
    ("keys", "rotate"): "keys_rotate",
    ("encryption", "rotate"): "encryption_rotate",
    ("journal", "verify"): "journal_verify",
    ("journal", "export"): "journal_export",
    ("journal", "checkpoint"): "journal_checkpoint",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; exit status 0 when it did what it says."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help", "help", "aide"}:
        print(USAGE)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if words[0] == "serve":
        serve(words[1:])
        return
    if words[0] == "migrate":
        migrate()
        return
    if words[0] == "check":
        run("check", "--deploy", "--database", "default", *words[1:])
        return
    if words[0] in {"backup", "restore"}:
        copy(words)
        return
    for length in (2, 1):
        name = COMMANDS.get(tuple(words[:length]))
        if name:
            run(name, *words[length:])
            return
    print(USAGE, file=sys.stderr)
    raise SystemExit(f"tandem : commande inconnue « {' '.join(words[:2])} »")


def run(name: str, *arguments: str) -> None:
    """One management command; a refusal or a wrong option is a sentence, never a trace."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tandem", name, *arguments])


def migrate() -> None:
    """Bring the database up to date: tables, cache, static files, catalogue (by post_migrate)."""
    run("migrate", "--no-input", "-v", "1")
    run("createcachetable")
    run("collectstatic", "--no-input", "-v", "0")


def copy(words: Sequence[str]) -> None:
    """Backup to a file, or restore from one; the file is the only argument."""
    from pathlib import Path

    import django

    django.setup()
    from config import backup
    from tandem.kernel import clock
    from tandem.kernel.refusals import Refusal

    if len(words) != 2 or words[1].startswith("-"):
        raise SystemExit(f"usage : tandem {words[0]} FICHIER")
    file = Path(words[1]).resolve()
    at = clock.now()
    try:
        if words[0] == "backup":
            size = backup.backup(file, at=at, say=print)
            print(
                f"Sauvegarde écrite : {file} ({size / 1_000_000:.1f} Mo). Gardez les clés ailleurs."
            )
        else:
            manifest = backup.restore(file, say=print)
            migrate()
            print(backup.after_restore(at=at))
            print(f"Restauration faite, de la sauvegarde du {manifest['at']}.")
    except Refusal as refusal:
        raise SystemExit(refusal.message) from refusal


def serve(arguments: Sequence[str]) -> None:
    """Serve the site with granian; --host and --port are the only options."""
    import argparse
    from pathlib import Path

    from config.env import read_env

    parser = argparse.ArgumentParser(prog="tandem serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    env = read_env()
    # Refuses to serve what it should not: a journal without its guards, a wrong setting (law 9).
    run("check", "--database", "default")

    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=env.granian_workers,
        blocking_threads=env.granian_threads,
        working_dir=Path.cwd(),
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
