"""The `tandem` command: everything an operator types."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

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
  tandem backup FICHIER           sauvegarder la base et les fichiers, chiffrés (--folder : chaque jour)
  tandem restore FICHIER          restaurer dans une installation vide (--journal : la copie du journal)
  tandem sbom                     lister les composants (CycloneDX) ; --licences : leurs licences
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
    if words[0] in {"backup", "restore"}:
        copy(words)
        return
    own: dict[str, Callable[[Sequence[str]], None]] = {
        "serve": serve,
        "check": check,
        "sbom": bill_of_materials,
        "migrate": migrate,
    }
    if words[0] in own:
        own[words[0]](words[1:])
        return
    if words[0] == "worker":
        refuse_unfinished()
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


def check(arguments: Sequence[str]) -> None:
    """Say what is wrong with the installation; exit status 1 when something is."""
    import argparse

    import django

    parser = argparse.ArgumentParser(prog="tandem check")
    parser.add_argument(
        "--offline", action="store_true", help="sans appeler le courriel, le site ni FranceConnect"
    )
    options = parser.parse_args(arguments)
    django.setup()
    from config.check import examine, tell
    from config.check.findings import Level
    from tandem.kernel import clock

    found = examine(at=clock.now(), offline=options.offline)
    print(tell(found))
    if any(item.level is Level.ERROR for item in found):
        raise SystemExit(1)


def bill_of_materials(arguments: Sequence[str]) -> None:
    """Print what Tandem is made of; with --licences, exit status 1 when one is to be looked at."""
    import argparse
    import json

    from config import sbom

    parser = argparse.ArgumentParser(prog="tandem sbom")
    parser.add_argument("--licences", action="store_true", help="une ligne par composant")
    if not parser.parse_args(arguments).licences:
        print(json.dumps(sbom.bill(), indent=2, ensure_ascii=False))
        return
    found = sbom.parts()
    for part in found:
        print(f"{part.name:<28} {part.version:<12} {part.licence}")
    wrong = ", ".join(f"{part.name} ({part.licence})" for part in found if not part.is_compatible)
    if wrong:
        raise SystemExit(f"Licence à examiner : {wrong}")


def migrate(_arguments: Sequence[str] = ()) -> None:
    """Bring the database up to date: tables, cache, static files, catalogue (by post_migrate)."""
    run("migrate", "--no-input", "-v", "1")
    run("createcachetable")
    run("collectstatic", "--no-input", "-v", "0")


def copy(words: Sequence[str]) -> None:
    """Backup to a file or a folder, or restore from a file; a refusal is a sentence."""
    import argparse
    from pathlib import Path

    import django

    parser = argparse.ArgumentParser(prog=f"tandem {words[0]}")
    parser.add_argument("file", type=Path, nargs="?" if words[0] == "backup" else None)
    if words[0] == "backup":
        parser.add_argument(
            "--folder",
            type=Path,
            help="nomme le fichier d'après l'instant, supprime après 35 jours",
        )
    else:
        parser.add_argument(
            "--journal", type=Path, help="la copie du journal tenue hors de la base"
        )
        parser.add_argument(
            "--without-journal",
            action="store_true",
            help="sans copie : rien de ce qui a été effacé depuis ne l'est",
        )
    options = parser.parse_args(words[1:])
    django.setup()
    from tandem.kernel.refusals import Refusal

    try:
        (_backup if words[0] == "backup" else _restore)(options)
    except Refusal as refusal:
        raise SystemExit(refusal.message) from refusal


def _say(sentence: str) -> None:
    """At once, even into a file or a pipe: it tells how far a long work is."""
    print(sentence, flush=True)


def _backup(options: "Namespace") -> None:
    from config import backup
    from tandem.kernel import clock

    start = clock.now()
    if (options.file is None) == (options.folder is None):
        raise SystemExit("usage : tandem backup FICHIER, ou tandem backup --folder DOSSIER")
    if options.folder:
        file, size = backup.backup_in(options.folder.resolve(), at=start, say=_say)
    else:
        file = options.file.resolve()
        size = backup.backup(file, at=start, say=_say)
    took = (clock.now() - start).total_seconds()
    print(
        f"Sauvegarde écrite et relue : {file} ({size / 1_000_000:.1f} Mo, {took:.0f} s). Gardez les clés ailleurs."
    )


def _restore(options: "Namespace") -> None:
    from config import replay, restore
    from config.backup import BackupRefused
    from tandem.kernel import clock

    at = clock.now()
    found = options.journal or restore.default_copy()
    if options.without_journal:
        found = None
    elif not found.exists():
        raise BackupRefused(
            f"La copie du journal {found} n'existe pas : sans elle, les personnes effacées et les mandats arrêtés "
            "depuis la sauvegarde reviendraient. Donnez-la par --journal ; si elle est perdue, dites "
            "--without-journal."
        )
    manifest = restore.restore(options.file.resolve(), copy=found, say=_say)
    migrate()
    gap = replay.Gap()
    if found is None:
        print(
            "ATTENTION : aucune copie du journal. Ce qui a été effacé ou arrêté depuis la sauvegarde est revenu."
        )
    else:
        gap = replay.replay(found, at=at)
        print("\n".join(gap.sentences()))
    print(replay.close_everything(at=at))
    replay.record_restoration(backup_at=str(manifest["at"]), gap=gap, at=at)
    run("purge")
    run("journal_verify")
    if found is not None:
        restore.put_copy_aside(found, at=at)
    restore.finished()
    took = (clock.now() - at).total_seconds()
    print(f"Restauration faite en {took:.0f} s, de la sauvegarde du {manifest['at']}.")


def refuse_unfinished() -> None:
    """Neither the site nor the worker starts on an installation half restored."""
    import django

    django.setup()
    from config import restore
    from tandem.kernel.refusals import Refusal

    try:
        restore.refuse_unfinished()
    except Refusal as refusal:
        raise SystemExit(refusal.message) from refusal


def serve(arguments: Sequence[str]) -> None:
    """Serve the site with granian; --host and --port are the only options."""
    import argparse
    from pathlib import Path

    from django.conf import settings

    from config.admission import blocking_threads
    from config.env import read_env

    parser = argparse.ArgumentParser(prog="tandem serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    env = read_env()
    refuse_unfinished()
    # Refuses to serve what it should not: a journal without its guards, a wrong setting (law 9).
    run("check", "--database", "default")

    from granian.constants import Interfaces
    from granian.server import Server

    from config.watch import middleware as watch

    formatters = settings.LOGGING["formatters"]
    formatter = formatters["json" if env.mode == "production" else "line"]
    watch.counters.clear()
    Server(
        "config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=env.granian_workers,
        # Most of them wait, or tell to come back: as many as this work (config/admission.py).
        blocking_threads=blocking_threads(env.granian_threads),
        working_dir=Path.cwd(),
        # Its own words (a worker started, a worker died) in the same lines as ours.
        log_dictconfig={"formatters": {"generic": formatter, "access": formatter}},
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
