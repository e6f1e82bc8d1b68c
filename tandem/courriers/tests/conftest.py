import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from tandem.courriers.models import Courrier, Lettre
from tandem.courriers.tests.factories import logged, written
from tandem.structures.models import Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf, ClientOf, catalogue
from tandem.usagers.models import Usager

__all__ = ["catalogue"]


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice, acting for the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def stranger(charlie: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Charlie, aidant elsewhere."""
    return as_acteur(charlie)


@pytest.fixture
def hers(alice: Affectation, client_of: ClientOf) -> Client:
    """The browser of Alice."""
    return client_of(alice)


@pytest.fixture
def lettre(acteur: Acteur, rose: Usager, at: datetime) -> Lettre:
    """A letter to the taxes, laid out with what was told."""
    return written(acteur, rose, at=at, values={"montant": "430 €"})


@pytest.fixture
def courrier(acteur: Acteur, rose: Usager, at: datetime) -> Courrier:
    """A letter of the CAF, opened with Rose."""
    return logged(acteur, rose, at=at)


@pytest.fixture
def samples() -> Callable[[], bytes]:
    """A small photo that is one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    def photo() -> bytes:
        head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"\x00\xff\xff\xff")
        parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + parts

    return photo
