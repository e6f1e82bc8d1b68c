"""The desk attacked at its ends: what an erasure leaves, what is done at the same instant."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import models

from tandem.acces.actions import open_acces
from tandem.acces.rules import Road
from tandem.accompagnements import actions as desk
from tandem.accompagnements.actions import Wanted
from tandem.accompagnements.models import DemarcheSuivie, Etape
from tandem.accompagnements.rules import (
    EtapeKind,
    Next,
    NextMove,
    Outcome,
    RelaisReason,
    Step,
)
from tandem.accompagnements.tests.factories import filing
from tandem.courriers.tests.factories import logged, written
from tandem.fichiers.rules import CheckedFile
from tandem.journal.models import Entry
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.notes.rules import Kind
from tandem.notes.tests.factories import note_of
from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Demarche
from tandem.structures.models import SYSTEM_ACTEUR, Acteur, Affectation
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Suivi, Usager
from tandem.usagers.tests.factories import UsagerFactory

ActeurOf = Callable[[Affectation], Acteur]


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """The folder of encrypted files, empty."""
    settings.TANDEM_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    """Alice at the CCAS."""
    return as_acteur(alice)


@pytest.fixture
def jean(rose: Usager) -> Usager:
    """Another person of the CCAS."""
    return UsagerFactory.create(
        structure=rose.structure, given_names="Jean", family_name="KERVELLA"
    )


@pytest.fixture
def kept(rose: Usager, alice: Affectation, at: datetime) -> Usager:
    """Rose, whose file is kept to alice."""
    Suivi.objects.get_or_create(
        usager=rose, affectation=alice, ended_at=None, defaults={"started_at": at}
    )
    rose.team_access = False
    rose.save()
    return rose


def of(slug: str) -> Wanted:
    return Wanted(demarche=Demarche.objects.select_related("theme").get(slug=slug))


SEEDED = (
    "Quillivere", "Aldegonde", "Kermoysan", "Tredrez", "Lannilis", "Plouzane", "Guimiliau", "Brasparts", "Huelgoat",
    "Scrignac", "Berrien", "Locmaria",
)  # fmt: skip


class TestAnErasedPerson:
    def test_leaves_none_of_twelve_words_in_any_table(
        self,
        acteur: Acteur,
        alice: Affectation,
        bob: Affectation,
        ccas: Any,
        folder: Path,
        at: datetime,
    ) -> None:
        """P-22: every table read back in clear, every file; the words were everywhere before."""
        usager = UsagerFactory.create(structure=ccas, given_names=SEEDED[0], family_name=SEEDED[1])
        word = iter(SEEDED[2:])
        nameless = desk.open_besoin(acteur=acteur, words=f"Pour {next(word)}", at=at)
        first = desk.follow_demarche(
            acteur=acteur, wanted=Wanted(title=next(word)), besoin=nameless, at=at
        )
        desk.name_demarche(acteur=acteur, demarche_suivie=first, usager=usager, at=at)
        step = Step(EtapeKind.NOTED, next(word))
        then = Next(NextMove.PERSON, next(word), None, next(word))
        desk.add_step(acteur=acteur, demarche_suivie=first, step=step, then=then, at=at)
        receipt = CheckedFile(f"{next(word)}.pdf", "application/pdf", b"%PDF-1.7 %%EOF")
        desk.file_demarche(
            acteur=acteur, demarche_suivie=first, filing=filing(receipt=receipt), at=at
        )
        desk.hand_over(
            acteur=acteur, what=first, to=bob, reason=RelaisReason.LONGER, words=next(word), at=at
        )
        desk.keep_brouillon(
            acteur=acteur,
            page=f"etape:{first.public_id}",
            fields={"text": next(word)},
            usager=usager,
            at=at,
        )
        for kind in Kind:
            note_of(alice, usager, kind, SEEDED[10], at=at)
        logged(
            acteur,
            usager,
            at=at,
            meaning=SEEDED[11],
            scan=CheckedFile(f"{SEEDED[11]}.png", "image/png", b"\x89PNG"),
        )
        written(acteur, usager, at=at, modele="libre", recipient=SEEDED[11])
        open_acces(acteur=acteur, usager=usager, service="caf", road=Road.CREATE, at=at)
        assert self.found() == set(SEEDED)

        erase_usager(acteur=SYSTEM_ACTEUR, usager=usager, at=at)

        assert self.found() == set()
        assert Etape.objects.count() == 0
        assert not any(str(usager.pk) == value for value in self.links(usager))

    @staticmethod
    def found() -> set[str]:
        """The seeded words that stand somewhere, fields read in clear."""
        dump = "\n".join(
            str(getattr(row, field.attname))
            for model in apps.get_models()
            for row in model._base_manager.all()
            for field in model._meta.concrete_fields
        ).lower()
        return {word for word in SEEDED if word.lower() in dump}

    @staticmethod
    def links(usager: Usager) -> list[str]:
        """What still points at the row left behind, in the rooms of the desk."""
        rooms = {"accompagnements", "echeances", "courriers", "notes", "acces"}
        return [
            str(value)
            for model in apps.get_models()
            if model._meta.app_label in rooms
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model is Usager
            for value in model._base_manager.filter(**{field.name: usager}).values_list(
                field.name, flat=True
            )
        ]


@pytest.mark.django_db(transaction=True)
class TestAtTheSameInstant:
    """S-24, R-09: two browsers, two desks, one row."""

    @pytest.fixture
    def row(
        self, acteur: Acteur, rose: Usager, tmp_path: Path, at: datetime
    ) -> Iterator[DemarcheSuivie]:
        load_catalogue()
        with shared_database(tmp_path):
            yield desk.follow_demarche(
                acteur=acteur, wanted=of("ameli-carte-vitale"), usager=rose, at=at
            )

    def test_one_form_files_once_and_nothing_is_filed_once_closed(
        self, row: DemarcheSuivie, acteur: Acteur, at: datetime
    ) -> None:
        file = partial(
            desk.file_demarche,
            acteur=acteur,
            demarche_suivie=row,
            filing=filing(),
            at=at,
            key=uuid4(),
        )
        assert len({depot.pk for depot in at_once([file] * 4)}) == 1
        later = at + timedelta(hours=1)
        close = partial(
            desk.close_demarche,
            acteur=acteur,
            demarche_suivie=row,
            outcome=Outcome.GRANTED,
            at=later,
        )
        again = partial(file.func, **{**file.keywords, "key": uuid4(), "at": later})
        at_once([close, again, close])
        kinds = list(Etape.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds.count(EtapeKind.CLOSED) == 1
        assert kinds[-1] == EtapeKind.CLOSED
        assert kinds.count(EtapeKind.FILED) == row.depots.count()

    def test_it_is_handed_and_taken_once_and_named_for_one_person(
        self, row: DemarcheSuivie, acteur: Acteur, bob: Affectation, rose: Usager, jean: Usager,
        as_acteur: ActeurOf, at: datetime,
    ) -> None:  # fmt: skip
        hand = partial(
            desk.hand_over, acteur=acteur, what=row, to=bob, reason=RelaisReason.LONGER, at=at
        )
        assert len({relais.pk for relais in at_once([hand] * 4)}) == 1
        relais = row.relais.get()
        take = partial(desk.take_relais, acteur=as_acteur(bob), relais=relais, at=at)
        at_once([take] * 4)
        assert Entry.objects.filter(event="accompagnements.relais_taken").count() == 1
        besoin = desk.open_besoin(acteur=acteur, words="Pour qui ?", at=at)
        nameless = desk.follow_demarche(
            acteur=acteur, wanted=of("caf-rsa-demande"), besoin=besoin, at=at
        )
        names: list[Callable[[], Any]] = [
            partial(
                desk.name_demarche, acteur=acteur, demarche_suivie=nameless, usager=rose, at=at
            ),
            partial(desk.name_besoin, acteur=acteur, besoin=besoin, usager=jean, at=at),
        ]
        at_once([*names, *names])
        besoin.refresh_from_db()
        nameless.refresh_from_db()
        assert besoin.usager is not None
        assert besoin.usager == nameless.usager
