from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tandem.accompagnements.models import DemarcheSuivie
from tandem.echeances.actions import (
    change_echeance,
    finish_echeance,
    remind_aidants,
    remind_people,
)
from tandem.echeances.actions.reminders import person_words
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind
from tandem.echeances.tests.story import filed, noted
from tandem.envois.models import Message
from tandem.kernel.periodic import jobs
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Notice, Usager
from tandem.usagers.queries import to_tell_on_paper
from tandem.usagers.rules import NoticeState, indiscreet_words
from tandem.usagers.tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db


def days(at: datetime, count: int) -> datetime:
    return at + timedelta(days=count)


class TestRemindAidants:
    def test_writes_seven_days_two_days_and_on_the_day_once_each(
        self, acteur: Acteur, rsa: DemarcheSuivie, alice: Affectation, at: datetime
    ) -> None:
        noted(acteur, rsa, days(at, 10).date(), at=at)
        told = {}
        for day in range(14):
            told[day] = remind_aidants(at=days(at, day)) + remind_aidants(at=days(at, day))

        assert [day for day, count in told.items() if count] == [3, 8, 10]
        assert sum(told.values()) == 3
        assert {m.recipient for m in Message.objects.all()} == {alice.compte.email}

    def test_names_nobody(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """S-44: no personal value in a message; a link asks who opens it."""
        for _n in range(2):
            noted(acteur, rsa, days(at, 2).date(), at=at, title="Dire à Rose")

        remind_aidants(at=at)

        [message] = Message.objects.all()
        assert message.body == (
            "Bonjour, 2 dates approchent dans Tandem. Ouvrez votre liste : https://tandem.example/echeances/"
        )
        assert "Rose" not in f"{message.subject}{message.body}"
        assert str(rose.public_id) not in message.key

    def test_tells_an_appeal_a_month_before(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        noted(acteur, rsa, days(at, 30).date(), at=at, kind=EcheanceKind.APPEAL)
        noted(acteur, rsa, days(at, 30).date(), at=at)

        assert remind_aidants(at=at) == 1
        assert Echeance.objects.filter(aidant_step=30).count() == 1

    def test_keeps_for_tomorrow_what_comes_after_todays_mail(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        noted(acteur, rsa, days(at, 2).date(), at=at)
        assert remind_aidants(at=at) == 1
        noted(acteur, rsa, days(at, 2).date(), at=at)

        assert remind_aidants(at=at + timedelta(hours=2)) == 0
        assert remind_aidants(at=days(at, 1)) == 1

    def test_writes_to_whoever_holds_the_demarche_now(
        self, acteur: Acteur, rsa: DemarcheSuivie, bob: Affectation, at: datetime
    ) -> None:
        noted(acteur, rsa, days(at, 2).date(), at=at)
        DemarcheSuivie.objects.update(held_by=bob)

        remind_aidants(at=at)

        assert [m.recipient for m in Message.objects.all()] == [bob.compte.email]

    def test_says_nothing_of_what_is_done_nor_before_eight_nor_to_who_left(
        self, acteur: Acteur, rsa: DemarcheSuivie, alice: Affectation, at: datetime
    ) -> None:
        row = noted(acteur, rsa, days(at, 2).date(), at=at)
        assert remind_aidants(at=at.replace(hour=5)) == 0
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        assert remind_aidants(at=at) == 0
        Affectation.objects.filter(pk=alice.pk).update(ended_at=None)
        finish_echeance(acteur=acteur, echeance=row, at=at)

        assert remind_aidants(at=at) == 0

    def test_says_it_again_when_the_day_moved(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        row = noted(acteur, rsa, days(at, 2).date(), at=at)
        remind_aidants(at=at)
        change_echeance(acteur=acteur, echeance=row, due_on=days(at, 12).date(), at=at)

        assert remind_aidants(at=days(at, 5)) == 1


class TestRemindPeople:
    def test_writes_on_a_proven_channel_seven_and_two_days_before(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """S-31."""
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")
        noted(acteur, rsa, days(at, 10).date(), at=at)

        told = [
            day
            for day in range(15)
            if remind_people(at=days(at, day)) + remind_people(at=days(at, day))
        ]

        assert told == [3, 8]
        messages = list(Message.objects.order_by("pk"))
        assert [m.recipient for m in messages] == ["rose@exemple.fr"] * 2
        assert "12 novembre 2026" in str(messages[0].body).replace("\N{NO-BREAK SPACE}", " ")

    def test_begins_by_nothing_to_do_when_so_and_says_it_once(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """The answer awaited and the meaning of its absence fall on one day: one message, that does not frighten."""
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")
        filed(acteur, rsa, at=at)

        remind_people(at=datetime(2027, 1, 2, 9, 0, tzinfo=at.tzinfo))

        [message] = Message.objects.all()
        assert str(message.body).startswith("Rien à faire.")

    def test_keeps_it_for_paper_without_a_channel(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-31."""
        noted(acteur, rsa, days(at, 2).date(), at=at)

        assert remind_people(at=at) == 1
        assert not Message.objects.exists()
        assert to_tell_on_paper(rose).count() == 1

    def test_sends_nothing_to_a_discreet_channel(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-36."""
        ChannelFactory.create(usager=rose, discreet=True)
        noted(acteur, rsa, days(at, 2).date(), at=at)

        remind_people(at=at)

        assert not Message.objects.exists()

    def test_sends_five_a_day_at_most(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """S-31: the rest waits for the digest of the next morning."""
        ChannelFactory.create(usager=rose)
        for _n in range(7):
            noted(acteur, rsa, days(at, 2).date(), at=at)

        remind_people(at=at)

        assert Message.objects.count() == 5
        assert Notice.objects.filter(state=NoticeState.DIGEST).count() == 2

    def test_says_nothing_after_a_death_nor_of_a_nameless_demarche(
        self, acteur: Acteur, rsa: DemarcheSuivie, rose: Usager, at: datetime
    ) -> None:
        """P-37."""
        ChannelFactory.create(usager=rose)
        noted(acteur, rsa, days(at, 2).date(), at=at)
        Usager.objects.filter(pk=rose.pk).update(died_known_at=at)
        remind_people(at=at)
        DemarcheSuivie.objects.update(usager=None)
        Echeance.objects.update(person_step=None)
        remind_people(at=at)

        assert not Message.objects.exists()
        assert not Notice.objects.exists()

    def test_leaves_what_is_late_to_the_aidant(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime
    ) -> None:
        noted(acteur, rsa, at.date(), at=at)

        assert remind_people(at=days(at, 1)) == 0

    @pytest.mark.parametrize("kind", EcheanceKind)
    def test_uses_discreet_words(self, kind: EcheanceKind) -> None:
        """S-31: no démarche, no service, no amount; short enough for one SMS."""
        title, body = person_words(Echeance(kind=kind, due_on=date(2026, 11, 20)))

        assert indiscreet_words(f"{title} {body}") == []
        assert len(body) <= 160


class TestCosts:
    def test_do_not_grow_with_what_was_told(
        self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime, django_assert_num_queries: Any
    ) -> None:
        for _n in range(20):
            noted(acteur, rsa, days(at, 2).date(), at=at)
        remind_aidants(at=at)
        remind_people(at=at)

        with django_assert_num_queries(2):
            remind_people(at=at)
        with django_assert_num_queries(5):
            remind_aidants(at=at)


class TestJobs:
    def test_say_what_they_did(self, acteur: Acteur, rsa: DemarcheSuivie, at: datetime) -> None:
        noted(acteur, rsa, days(at, 2).date(), at=at)

        assert jobs()["echeances.remind"].run(at) == "1 aidants, 1 people"
        assert jobs()["echeances.purge"].run(at) == "0 echeances"
