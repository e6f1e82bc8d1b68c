"""`journal_export`: the lines and the checkpoints as JSON lines, for the offline verifier."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tandem.journal.queries import export_lines


class Command(BaseCommand):
    help = "Exporte le journal en lignes JSON, que verifier.py vérifie sans Tandem."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--chain", help="une seule chaîne (une structure, ou « instance »)")
        parser.add_argument("--output", type=Path, help="un fichier plutôt que la sortie")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = _texts(export_lines(options["chain"]))
        if options["output"]:
            with options["output"].open("w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in lines)
        else:
            for line in lines:
                self.stdout.write(line)


def _texts(lines: Iterator[dict[str, Any]]) -> Iterator[str]:
    return (json.dumps(line, ensure_ascii=False) for line in lines)
