"""Post opened together: noted, corrected, done; and who may."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tandem.courriers import actions, events
from tandem.courriers.models import Courrier
from tandem.courriers.queries import CourrierUnknown, courrier_visible_to, waiting_courriers
from tandem.courriers.tests.factories import logged, received
from tandem.echeances.actions import finish_echeance
from tandem.echeances.models import Echeance
from tandem.fichiers.queries import open_file
from tandem.fichiers.rules import CheckedFile
from tandem.journal.models import Entry
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager

pytestmark = pytest.mark.django_db
PDF = CheckedFile(name="lettre.pdf", media_type="application/pdf", content=b"%PDF-1.7 scan")


class TestOpening:
    def test_notes_what_it_means_and_what_comes_next(
        self, acteur: Acteur, courrier: Courrier, rose: Usager
    ) -> None:
        found = courrier_visible_to(acteur, courrier.public_id)

        assert found.meaning == "La CAF demande une preuve de loyer."
        assert found.due_on == date(2026, 11, 20)
        entry = Entry.objects.get(event=events.COURRIER_LOGGED.name)
        assert entry.about == rose.public_id
        assert entry.facts == {
            "kind": "letter", "presence": "presence", "dated": True, "scan": False, "secret_override": [],
        }  # fmt: skip

    def test_makes_one_row_of_one_form(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """S-24: a double click, with its scan."""
        key = uuid4()
        both = [
            actions.log_courrier(
                acteur=acteur,
                usager=rose,
                received=received(),
                presence=Presence.PRESENCE,
                form_key=key,
                scan=PDF,
                at=at,
            )
            for _ in range(2)
        ]

        assert both[0] == both[1]
        assert both[0].scan is not None
        assert b"".join(open_file(both[0].scan)) == PDF.content

    def test_refuses_a_day_that_has_not_come(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        with pytest.raises(actions.CourrierRefused):
            logged(acteur, rose, at=at, received_on=date(2026, 11, 3))

    def test_refuses_a_date_without_anything_to_do(
        self, acteur: Acteur, rose: Usager, courrier: Courrier, at: datetime
    ) -> None:
        with pytest.raises(actions.CourrierRefused):
            logged(acteur, rose, at=at, next_step="")
        with pytest.raises(IntegrityError, match="courrier_with_a_day"), transaction.atomic():
            Courrier.objects.filter(pk=courrier.pk).update(next_step="")

    def test_moves_the_last_contact_only_with_the_person(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-21."""
        logged(acteur, rose, at=at, presence=Presence.ABSENCE)
        rose.refresh_from_db()
        assert rose.last_contact_at < at

        logged(acteur, rose, at=at, presence=Presence.TELEPHONE)
        rose.refresh_from_db()
        assert rose.last_contact_at == at


class TestCorrecting:
    def test_replaces_what_was_noted(
        self, acteur: Acteur, courrier: Courrier, at: datetime
    ) -> None:
        actions.correct_courrier(
            acteur=acteur,
            courrier=courrier,
            received=received(meaning="Rien de grave.", next_step="", due_on=None),
            at=at,
        )

        courrier.refresh_from_db()
        assert (courrier.meaning, courrier.due_on) == ("Rien de grave.", None)
        assert Entry.objects.filter(event=events.COURRIER_CORRECTED.name).count() == 1


def fresh(courrier: Courrier) -> Courrier:
    return Courrier.objects.select_related("usager__structure", "echeance").get(pk=courrier.pk)


class TestTheListOfDates:
    def test_holds_the_day_of_the_next_step(self, courrier: Courrier) -> None:
        """Issue 3: letter logged with the dated next step."""
        row = Echeance.objects.get()
        assert (row.due_on, row.title) == (date(2026, 11, 20), "La CAF : Envoyer la quittance d’octobre.")  # fmt: skip
        assert courrier.echeance == row

    def test_follows_what_is_corrected(
        self, acteur: Acteur, courrier: Courrier, at: datetime
    ) -> None:
        for received_now, left in (
            (received(due_on=date(2026, 11, 25), next_step="Appeler."), date(2026, 11, 25)),
            (received(due_on=None), None),
        ):
            actions.correct_courrier(
                acteur=acteur, courrier=fresh(courrier), received=received_now, at=at
            )
            assert Echeance.objects.open().values_list("due_on", flat=True).first() == left

    def test_is_done_with_its_courrier_and_the_other_way(
        self, acteur: Acteur, courrier: Courrier, at: datetime
    ) -> None:
        actions.settle_courrier(acteur=acteur, courrier=fresh(courrier), at=at)
        assert Echeance.objects.open().count() == 0

        actions.reopen_courrier(acteur=acteur, courrier=fresh(courrier), at=at)
        finish_echeance(acteur=acteur, echeance=Echeance.objects.open().get(), at=at)
        assert fresh(courrier).done_at == at

        actions.reopen_courrier(acteur=acteur, courrier=fresh(courrier), at=at)
        assert fresh(courrier).done_at is None
        assert Echeance.objects.open().count() == 1

    def test_refuses_a_day_too_far_and_nothing_is_left(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        with pytest.raises(actions.CourrierRefused, match="trop loin"):
            logged(acteur, rose, at=at, due_on=date(2926, 11, 20))
        assert Courrier.objects.count() == 0


class TestDoing:
    def test_is_done_once_and_can_be_undone(
        self, acteur: Acteur, courrier: Courrier, at: datetime
    ) -> None:
        for _ in range(2):
            actions.settle_courrier(acteur=acteur, courrier=courrier, at=at)
        assert fresh(courrier).settled_at == at
        assert Entry.objects.filter(event=events.COURRIER_SETTLED.name).count() == 1

        for _ in range(2):
            actions.reopen_courrier(acteur=acteur, courrier=courrier, at=at)
        assert fresh(courrier).settled_at is None
        assert Entry.objects.filter(event=events.COURRIER_REOPENED.name).count() == 1

    def test_is_refused_when_there_is_nothing_to_do(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        nothing = logged(acteur, rose, at=at, next_step="", due_on=None)

        with pytest.raises(actions.CourrierRefused):
            actions.settle_courrier(acteur=acteur, courrier=nothing, at=at)

    def test_waits_on_the_home_when_its_day_was_gone_before_it_was_opened(
        self, acteur: Acteur, stranger: Acteur, courrier: Courrier, rose: Usager, at: datetime
    ) -> None:
        """The list of dates holds days to come only: what was already late is not forgotten."""
        late = logged(acteur, rose, at=at, due_on=date(2026, 11, 1))

        until = date(2026, 11, 30)
        assert waiting_courriers(acteur, until=until) == [late]
        assert waiting_courriers(stranger, until=until) == []
        actions.settle_courrier(acteur=acteur, courrier=late, at=at)
        assert waiting_courriers(acteur, until=until) == []
        assert courrier.echeance is not None


class TestAStranger:
    def test_sees_and_changes_nothing(
        self, stranger: Acteur, courrier: Courrier, rose: Usager, at: datetime
    ) -> None:
        """P-10, S-40."""
        with pytest.raises(CourrierUnknown):
            courrier_visible_to(stranger, courrier.public_id)
        for act in (actions.settle_courrier, actions.reopen_courrier):
            with pytest.raises(actions.NotAllowed):
                act(acteur=stranger, courrier=courrier, at=at + timedelta(minutes=1))
        with pytest.raises(actions.NotAllowed):
            actions.correct_courrier(acteur=stranger, courrier=courrier, received=received(), at=at)
        with pytest.raises(actions.NotAllowed):
            logged(stranger, rose, at=at)
