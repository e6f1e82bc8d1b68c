"""The machine: folders, disks, clock, and the proxy before it."""

import ctypes
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.check.findings import Finding, error, good, warning

GIGABYTE = 1_000_000_000
# adjtimex(2): what the kernel answers when no time server keeps the clock.
_CLOCK_NOT_KEPT = 5
_TIMEX_BYTES = 512


def folders(_at: datetime) -> Iterator[Finding]:
    """The data folder is there, ours to write, and closed to others."""
    folder = Path(settings.TANDEM_DATA_DIR)
    if not folder.is_dir():
        yield error("données", f"Le dossier {folder} n'existe pas (TANDEM_DATA_DIR).")
        return
    if folder.stat().st_mode & 0o007:
        yield error("données", f"Tout le monde peut lire {folder} : « chmod 750 {folder} ».")
    else:
        yield good("données", f"{folder} est fermé aux autres.")
    copy = Path(settings.TANDEM_JOURNAL_COPY)
    if copy.exists() and copy.stat().st_dev == folder.stat().st_dev:
        yield warning(
            "journal",
            "Sa copie est sur le même disque que les données : perdu, il emporte les deux (TANDEM_JOURNAL_COPY).",
        )


def disks(_at: datetime) -> Iterator[Finding]:
    """Room is left for the database, the files, and a backup being made."""
    folder = Path(settings.TANDEM_DATA_DIR)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    said = f"il reste {usage.free / GIGABYTE:.1f} Go ({100 * usage.free // usage.total} %) sous {folder}."
    if usage.free < GIGABYTE:
        yield error("disque", f"Presque plein : {said}")
    elif usage.free < usage.total // 10:
        yield warning("disque", f"Bientôt plein : {said}")
    else:
        yield good("disque", said)


def clock(_at: datetime) -> Iterator[Finding]:
    """The clock is kept by a time server: mandats end and codes die by it (R-18)."""
    if kernel_clock_state() == _CLOCK_NOT_KEPT:
        yield warning(
            "horloge",
            "Aucun serveur de temps ne tient l'horloge de cette machine : installez chrony ou systemd-timesyncd "
            "(dans un conteneur, sur la machine qui le porte).",
        )
    else:
        yield good("horloge", "Un serveur de temps la tient.")


def kernel_clock_state() -> int:
    """What adjtimex(2) says of the clock, read only; -1 where it cannot be asked."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    # A structure of zeros asks and changes nothing.
    return -1 if adjtimex is None else int(adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))


def proxies(_at: datetime) -> Iterator[Finding]:
    """Behind a TLS proxy its headers are believed, or everyone has one address and every page redirects for ever."""
    if settings.TANDEM_MODE != "production":
        return
    if settings.TANDEM_TRUSTED_PROXIES == 0:
        yield error(
            "proxy",
            "TANDEM_TRUSTED_PROXIES vaut 0 : « tandem serve » ne parle pas TLS, il faut un proxy devant et le compter.",
        )
    else:
        yield good("proxy", f"{settings.TANDEM_TRUSTED_PROXIES} devant le serveur.")
