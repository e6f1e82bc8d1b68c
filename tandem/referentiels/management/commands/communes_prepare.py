"""Turns the published list of communes into the compact file that this room ships."""

import json
import lzma
import tarfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tandem.referentiels import sources

MEMBER = "package/data/communes.json"
# The order says which name wins when a former commune left its code to a new one.
KINDS = {
    "commune-actuelle": True,
    "arrondissement-municipal": True,
    "commune-deleguee": False,
    "commune-associee": False,
}


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Prépare data/communes.tsv.xz à partir du paquet @etalab/decoupage-administratif (npm pack)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="le fichier .tgz du paquet")
        parser.add_argument("--out", type=Path, default=sources.COMMUNES)

    def handle(self, *, archive: Path, out: Path, **_options: Any) -> None:
        with tarfile.open(archive) as package:
            member = package.extractfile(MEMBER)
            if member is None:
                raise FileNotFoundError(MEMBER)
            rows = json.load(member)
        lines = compact(rows)
        text = "".join(f"{line}\n" for line in lines).encode()
        out.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
        self.stdout.write(f"{len(lines)} communes")


def compact(rows: list[dict[str, Any]]) -> list[str]:
    """One line per INSEE code: code, name, postcodes, 1 when the commune exists today."""
    chosen: dict[str, str] = {}
    for kind, current in KINDS.items():
        for row in rows:
            if row["type"] == kind and row["code"] not in chosen:
                postcodes = " ".join(sorted(row.get("codesPostaux", [])))
                name = row["nom"].replace("'", "’")
                chosen[row["code"]] = "\t".join((row["code"], name, postcodes, "01"[current]))
    return [chosen[code] for code in sorted(chosen)]
