"""A whole exercise through the pages: 0 row outside the sandbox, 0 message sent. A-14."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from tandem.acces.actions import open_acces
from tandem.acces.rules import Road
from tandem.accompagnements.actions import file_demarche, record_aide
from tandem.accompagnements.models import DemarcheSuivie
from tandem.accompagnements.rules import AideKind
from tandem.accompagnements.tests.factories import filing
from tandem.comptes.tests.factories import totp_code
from tandem.courriers.tests.factories import logged, scanned, written
from tandem.declarations.tests.factories import declared_for
from tandem.echeances.actions import remind_aidants, remind_people
from tandem.echeances.tests.story import noted
from tandem.entrainement.queries import files_of, rows_of
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.mandats.models import Mandat, Usage
from tandem.mandats.tests.factories import signed_mandat
from tandem.notes.actions import write_note
from tandem.notes.rules import Kind, Said
from tandem.papier.actions import keep_original
from tandem.papier.tests.factories import paper_mandat, waiting_sheet
from tandem.signature.tests.wizard import answer_all, begin, follow, recap
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.usagers.actions import send_digests
from tandem.usagers.models import Usager

# The compte is true, whatever it does: its session, and the gestures it spends. Limits are counted by the compte.
OF_THE_COMPTE = {
    "comptes_compte", "comptes_gesture", "comptes_opensession", "mfa_authenticator", "django_session",
    "tandem_cache", "kernel_limitcounter", "journal_entry", "journal_chain", "journal_secret",
}  # fmt: skip


def outside(sandbox: Structure | None) -> dict[str, str]:
    """A print of every row of every table that is not of the sandbox."""
    own: dict[str, set[Any]] = {}
    if sandbox is not None:
        rows_there = rows_of(sandbox)
        own = {model._meta.db_table: keys for model, keys in rows_there.items()}
        own["fichiers_storedfile"] = {stored.pk for stored in files_of(rows_there)}
    prints = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in OF_THE_COMPTE or table not in connection.introspection.table_names():
            continue
        rows = model._base_manager.exclude(pk__in=own.get(table, set())).order_by("pk")
        prints[table] = hashlib.sha256(repr(list(rows.values_list())).encode()).hexdigest()
    return prints


def sign(desk: Client, alice: Affectation, at: datetime) -> Mandat:
    """The wizard from its first page, with a fictitious Rose."""
    address = begin(desk)
    answer_all(desk, address)
    assert follow(desk, address) == "identification"
    away = desk.post(f"{address}identification/")
    assert away["Location"] == f"{address}personne-fictive/"
    page = desk.get(away["Location"]).content.decode()
    assert "FranceConnect n’est pas appelé" in page
    assert desk.post(away["Location"], {}).status_code == 422
    desk.post(away["Location"], {"personne": "rose"})
    assert follow(desk, address) == "identite"
    desk.post(f"{address}identite/", {"confirmer": "1"})
    shown = {"recap": recap(desk, address), "geste_code": totp_code(alice.compte, at)}
    desk.post(f"{address}signature/", shown)
    return Mandat.objects.get(structure__practice_of=alice.compte)


@pytest.fixture
def true_world(alice: Affectation, rose: Usager, at: datetime) -> Mandat:
    """What stands at the CCAS before anyone practises."""
    return signed_mandat(acteur_from(alice), rose, at=at)


class TestAWholeExercise:
    def test_writes_nothing_outside_and_sends_nothing(
        self, clock: Any, alice: Affectation, true_world: Mandat, client_of: Callable[..., Any], at: datetime
    ) -> None:  # fmt: skip
        """A-14: signed, used, followed, written, started over: every table outside is as before."""
        desk = client_of(alice)
        before, messages = outside(None), Message.objects.count()
        lines = Entry.objects.count()
        desk.post(reverse("entrainement:begin"))
        sandbox = Structure.objects.get(practice_of=alice.compte)
        mandat = sign(desk, alice, at)
        clock.shift(60)
        assert self.use(desk, alice, mandat).status_code == 302
        assert Usage.objects.get().autorisation.mandat == mandat
        self.write(desk, mandat, at)

        assert outside(sandbox) == before
        assert Message.objects.count() == messages
        strange = Entry.objects.exclude(chain=str(sandbox.public_id)).order_by("pk")[lines:]
        assert [line.event for line in strange if not line.event.startswith("comptes.")] == []
        assert Entry.objects.filter(chain=str(sandbox.public_id)).count() > 5

        desk.post(reverse("entrainement:start_over"))
        assert outside(sandbox) == before
        assert not Mandat.objects.filter(structure=sandbox).exists()

    def use(self, desk: Client, alice: Affectation, mandat: Mandat) -> Any:
        from tandem.kernel import clock

        address = reverse("entrainement:use")
        assert desk.get(address).status_code == 200
        assert desk.post(address, {}).status_code == 422
        line = mandat.autorisations.order_by("pk").first()
        assert line is not None
        said = {
            "key": str(uuid4()), "ligne": str(line.public_id), "presence": "presence", "service": "ameli.fr",
            "geste_code": totp_code(alice.compte, clock.now()),
        }  # fmt: skip
        # A double click (S-24): the second asks for no second code, and is the same use.
        answers = [desk.post(address, said) for _click in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        return answers[1]

    def write(self, desk: Client, mandat: Mandat, at: datetime) -> None:
        """Everything a day at the desk makes for someone, then the end of the mandat."""
        person, sandbox = mandat.usager, acteur_from(mandat.signed_by)
        said = Said("Elle préfère le matin.")
        write_note(acteur=sandbox, usager=person, kind=Kind.FACT, said=said, key=uuid4(), at=at)
        written(sandbox, person, at=at)
        logged(sandbox, person, at=at, scan=scanned())
        demarche = DemarcheSuivie.objects.filter(usager=person).first()
        assert demarche is not None
        noted(sandbox, demarche, at.date() + timedelta(days=3), at=at, title="Appeler")
        file_demarche(acteur=sandbox, demarche_suivie=demarche, filing=filing(), at=at)
        open_acces(acteur=sandbox, usager=person, service="caf", road=Road.CREATE, at=at)
        record_aide(acteur=sandbox, kind=AideKind.IMPRESSION, at=at)
        self.declare_and_sign_by_hand(sandbox, at)
        for name in ("notes:person", "espaces:person", "usagers:card", "courriers:lettres"):
            assert desk.get(reverse(name, args=[person.public_id])).status_code == 200
        paper = desk.get(reverse("documents:pdf", args=[mandat.public_id, "mandat"]))
        assert paper.status_code == 200
        desk.post(reverse("mandats:stop", args=[mandat.public_id]), {"confirmer": "1"})
        # The worker passes: reminders, digests, announcements.
        for hours in (24, 48, 20 * 24):
            later = at + timedelta(hours=hours)
            assert remind_aidants(at=later) == 0
            remind_people(at=later)
            send_digests(at=later)

    def declare_and_sign_by_hand(self, sandbox: Acteur, at: datetime) -> None:
        """Andrei declares his RSA, corrects it, and signs a paper mandat; someone brings another one without him."""
        rsa = DemarcheSuivie.objects.get(
            structure=sandbox.structure, demarche__slug="caf-declaration-trimestrielle-rsa"
        )
        declared = declared_for(sandbox, rsa, at=at)
        assert declared["sent declaration"].filed_at is not None
        andrei = rsa.usager
        assert andrei is not None
        paper = paper_mandat(sandbox, andrei, ("theme:argent",), at=at)
        keep_original(acteur=sandbox, mandat=paper, confirmation=None, scan=scanned(), at=at)
        brought = waiting_sheet(sandbox, andrei, at=at)
        # Alone in their sandbox, whoever practises meets the day of delay too (S-20).
        assert brought.opens_at is not None


class TestTheMandatOfAnExercise:
    def test_is_signed_by_nobody_and_checked_as_an_exercise(
        self, desk: Client, alice: Affectation, client: Client, at: datetime
    ) -> None:
        """A-14, P-45: the verification page never calls it valid, and keeps no line of who looked."""
        mandat = sign(desk, alice, at)
        lines = Entry.objects.count()

        page = client.get(
            reverse("preuves:verify", args=[mandat.verification_code])
        ).content.decode()

        assert (mandat.consent_method, mandat.rung) == ("practice", "fictif")
        assert "Ceci est un exercice, sans valeur" in page
        assert "Valable" not in page
        assert "entraînement" in page
        assert Entry.objects.count() == lines

    def test_is_stopped_by_its_code_nowhere_else(
        self, desk: Client, alice: Affectation, charlie: Affectation, true_world: Mandat, at: datetime
    ) -> None:  # fmt: skip
        """An exercise never stops a true mandat, nor the reverse."""
        from tandem.mandats.actions import MandatRefused
        from tandem.mandats.actions.ends import revoke_by_code

        mandat = sign(desk, alice, at)
        there = acteur_from(Affectation.objects.get(structure=mandat.structure))

        with pytest.raises(MandatRefused):
            revoke_by_code(acteur=there, code=true_world.verification_code, at=at)
        with pytest.raises(MandatRefused):
            revoke_by_code(acteur=acteur_from(charlie), code=mandat.verification_code, at=at)

        stopped = revoke_by_code(acteur=there, code=mandat.verification_code, at=at)
        assert stopped == mandat
        true_world.refresh_from_db()
        assert true_world.ended_at is None

    def test_is_stamped_on_every_paper(
        self, desk: Client, alice: Affectation, true_world: Mandat, at: datetime
    ) -> None:
        import typst

        mandat = sign(desk, alice, at)
        said = []
        true_render = typst.compile

        def seen(*args: Any, **kwargs: Any) -> bytes:
            said.append(kwargs["sys_inputs"]["stamp"])
            return bytes(true_render(*args, **kwargs))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(typst, "compile", seen)
            desk.get(reverse("documents:pdf", args=[mandat.public_id, "mandat"]))
            desk.post(reverse("entrainement:leave"))
            assert (
                desk.get(reverse("documents:pdf", args=[mandat.public_id, "mandat"])).status_code
                == 404
            )
            desk.get(reverse("documents:pdf", args=[true_world.public_id, "mandat"]))

        assert said == ["EXEMPLE — SANS VALEUR", ""]
