from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tandem.envois.actions import send_due
from tandem.envois.models import Message
from tandem.journal.models import Entry, Secret
from tandem.structures.models import SYSTEM_ACTEUR, Acteur, Affectation
from tandem.structures.tests.cast import ActeurOf
from tandem.structures.tests.factories import AffectationFactory
from tandem.usagers import actions, queries
from tandem.usagers.models import Channel, Notice, OneTimeCode, RungStep, SearchToken, Suivi, Usager
from tandem.usagers.rules import FreezeReason
from tandem.usagers.signals import usager_erased
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory, verified

pytestmark = pytest.mark.django_db

SEEDED = [
    "Rose Marie",
    "Lefèvre",
    "Martin",
    "1955-04-12",
    "35238",
    "rose@exemple.fr",
    "+33612345678",
]


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


@pytest.fixture
def full(acteur: Acteur, rose: Usager, at: datetime) -> Usager:
    """Rose with everything a person may have."""
    ChannelFactory.create(usager=rose, value="rose@exemple.fr")
    ChannelFactory.create(usager=rose, sms=True, value="+33612345678", discreet=True)
    actions.identify_usager(acteur=acteur, verified=verified("rose", family_name="Martin"), at=at)
    actions.send_confirmation_code(
        acteur=acteur, usager=rose, purpose=f"usage:{rose.public_id}", at=at
    )
    actions.tell_usager(usager=rose, message="Bonjour", body="Votre aidant a agi.", key="k", at=at)
    actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)
    actions.record_death(acteur=acteur, usager=rose, at=at)
    return rose


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """What the rooms above hear."""
    heard: list[Any] = []

    def listen(*, usager: Usager, at: datetime, **_signal: object) -> None:
        heard.append((usager.public_id, usager.full_name, at))

    usager_erased.connect(listen, weak=False)
    yield heard
    usager_erased.disconnect(listen)


class TestEraseUsager:
    def test_leaves_nothing_personal(self, full: Usager, at: datetime) -> None:
        """P-22."""
        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        row = Usager.objects.get(pk=full.pk)
        # What stays says when and where, never who: seals and commitments keep their object.
        stays = {"structure", "created_at", "last_contact_at", "protected"}
        for name in (Usager.privacy.personal | Usager.privacy.sensitive) - stays:
            assert not getattr(row, name), name
        assert row.protected == "not_asked"
        for model in (Channel, OneTimeCode, SearchToken, Suivi, Notice, RungStep):
            assert not model.objects.filter(usager=full).exists()

    def test_leaves_no_seeded_word_in_its_tables(self, full: Usager, at: datetime) -> None:
        """P-22: decrypted, not only as stored."""
        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        seen = [
            getattr(row, f.attname)
            for row in Usager.objects.all()
            for f in Usager._meta.concrete_fields
        ]
        seen += [row.value for row in Secret.objects.filter(about=full.public_id)]
        text = repr(seen)
        for word in SEEDED:
            assert word not in text

    def test_reaches_what_waits_to_be_sent_and_what_was(
        self, full: Usager, acteur: Acteur, at: datetime
    ) -> None:
        """P-22: the outbox too, address and words; nothing leaves after the erasure."""
        other = UsagerFactory.create(structure=full.structure)
        ChannelFactory.create(usager=other, value="andrei@exemple.fr")
        actions.tell_usager(usager=other, message="Bonjour", body="Fait.", key="o", at=at)
        send_due(at=at, worker="w", limit=1)
        about = Message.objects.filter(about=full.public_id)
        assert {message.sent_at for message in about} == {at, None}

        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        assert not about.all().exists()
        assert [m.recipient for m in Message.objects.all()] == ["andrei@exemple.fr"]

    def test_forgets_the_secrets_of_the_journal_and_keeps_its_lines(
        self, full: Usager, at: datetime
    ) -> None:
        before = Entry.objects.filter(about=full.public_id).count()
        assert Secret.objects.filter(about=full.public_id, erased_at=None).exists()

        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        assert not Secret.objects.filter(about=full.public_id, erased_at=None).exists()
        assert Entry.objects.filter(about=full.public_id).count() == before + 1

    def test_makes_the_person_unknown_to_everyone(
        self, full: Usager, acteur: Acteur, at: datetime
    ) -> None:
        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        assert (
            queries.search_usagers(acteur, "lefevre")
            == queries.search_usagers(acteur, "martin")
            == []
        )
        with pytest.raises(queries.UsagerUnknown):
            queries.usager_visible_to(acteur, full.public_id)

    def test_tells_the_rooms_above_while_they_can_still_read(
        self, full: Usager, heard: list[Any], at: datetime
    ) -> None:
        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        assert heard == [(full.public_id, "Rose Marie Martin", at)]

    def test_is_whole_or_nothing(self, full: Usager, at: datetime) -> None:
        def refuse(**_signal: object) -> None:
            raise actions.UsagerRefused("Un mandat est encore en cours.")

        usager_erased.connect(refuse, weak=False)
        try:
            with pytest.raises(actions.UsagerRefused):
                actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)
        finally:
            usager_erased.disconnect(refuse)

        assert Usager.objects.get(pk=full.pk).family_name == "Martin"

    def test_happens_once(self, full: Usager, at: datetime) -> None:
        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        with pytest.raises(actions.UsagerRefused):
            actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

    def test_is_for_the_referent_of_the_structure(
        self,
        full: Usager,
        acteur: Acteur,
        charlie: Affectation,
        bea: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
    ) -> None:
        elsewhere = AffectationFactory.create(structure=charlie.structure, referent=True)
        for other in (acteur, as_acteur(charlie), as_acteur(elsewhere)):
            with pytest.raises(actions.NotAllowed):
                actions.erase_usager(acteur=other, usager=full, at=at)

        assert actions.erase_usager(acteur=as_acteur(bea), usager=full, at=at).erased_at == at

    def test_leaves_other_people_alone(self, full: Usager, acteur: Acteur, at: datetime) -> None:
        andrei = actions.declare_usager(
            acteur=acteur, given_names="Andrei", family_name="Popescu", at=at
        )

        actions.erase_usager(acteur=SYSTEM_ACTEUR, usager=full, at=at)

        assert [u.pk for u in queries.search_usagers(acteur, "popescu")] == [andrei.pk]


def test_the_tables_of_usagers_hold_no_word_in_clear_before_either(full: Usager) -> None:
    tables = [
        name for name in connection.introspection.table_names() if name.startswith("usagers_")
    ]
    dump = ""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            dump += repr(cursor.fetchall())

    # "35238" is too short: it could stand in a ciphertext by chance.
    for word in set(SEEDED) - {"35238", "Martin"}:
        assert word not in dump
