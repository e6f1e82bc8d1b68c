"""Every foreign key to a person says what becomes of it when two files are one (issue of the same person twice)."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import models

from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.rapprochements.actions import merge_usagers, separate_usagers
from tandem.rapprochements.moving import FOLLOWS, STAYS, label_of
from tandem.structures.queries import acteur_from
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory
from tests.maison.world import AT, World


def links(found: Iterable[type[models.Model]]) -> dict[str, tuple[type[models.Model], str]]:
    """Each foreign key to a person, by its label."""
    return {
        label_of(model, field.name): (model, field.name)
        for model in found
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Usager
    }


def forgotten(found: Iterable[type[models.Model]]) -> list[str]:
    return sorted(set(links(found)) - FOLLOWS - set(STAYS))


class TestEveryLinkToAPerson:
    def test_follows_them_or_says_why_it_stays(self) -> None:
        assert forgotten(apps.get_models()) == []

    def test_is_said_of_what_exists_once(self) -> None:
        assert FOLLOWS | set(STAYS) <= set(links(apps.get_models()))
        assert not FOLLOWS & set(STAYS)
        assert all(STAYS.values())

    def test_would_be_seen_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "tests.maison.test_same_person.FOLLOWS", FOLLOWS - {"notes.Note.usager"}
        )

        assert forgotten(apps.get_models()) == ["notes.Note.usager"]


class TestOneOfEverything:
    def test_moves_to_the_file_kept_and_back(self, world: World) -> None:
        """Rose's whole file follows her to a surer one, and comes back row for row."""
        alice = world.staff["alice"]
        rose = Usager.objects.get(public_id=world.args["usager"])
        Usager.objects.filter(pk=rose.pk).update(sub_index="")
        rose.refresh_from_db()
        surer = UsagerFactory.create(structure=rose.structure, sub="surer")
        standing = picture(rose)

        row = merge_usagers(
            acteur=acteur_from(alice), one=rose, other=surer,
            response=GestureResponse(code=totp_code(alice.compte, AT)), at=AT,
        )  # fmt: skip

        assert row.kept == surer
        left = {label: pks for label, pks in picture(rose).items() if label in FOLLOWS and pks}
        assert left == {}
        moved = {label for label, _pk in row.moved}
        assert {"mandats.Mandat.usager", "notes.Note.usager", "courriers.Lettre.usager"} <= moved
        assert moved <= FOLLOWS

        later = AT.replace(minute=AT.minute + 2)
        code = GestureResponse(code=totp_code(alice.compte, later))
        separate_usagers(acteur=acteur_from(alice), rapprochement=row, response=code, at=later)

        assert {k: v for k, v in picture(rose).items() if k in FOLLOWS} == {
            k: v for k, v in standing.items() if k in FOLLOWS
        }


def picture(usager: Usager) -> dict[str, list[int]]:
    """The rows that hang on a person, by link; what tells them of the rapprochement itself excepted."""
    return {
        label: [
            row.pk
            for row in model._base_manager.filter(**{field: usager}).order_by("pk")
            if not str(getattr(row, "key", "")).startswith("rapprochements.")
        ]
        for label, (model, field) in links(apps.get_models()).items()
    }
