"""Every page of an usager's card.

Longer than 400 lines: one class a page, with its locks.
"""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tandem.comptes.tests.factories import totp_code
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.structures.models import Affectation, CharteAcceptance, Structure
from tandem.structures.tests.cast import ClientOf
from tandem.usagers import urls
from tandem.usagers.models import Channel, Notice, Suivi, Usager
from tandem.usagers.queries import proven_channel
from tandem.usagers.rules import FreezeReason, NoticeState
from tandem.usagers.tests.factories import ChannelFactory, UsagerFactory

pytestmark = pytest.mark.django_db


NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hers(alice: Affectation, client_of: ClientOf) -> Client:
    return client_of(alice)


def url(usager: Usager, more: str = "") -> str:
    return f"/usagers/{usager.public_id}/{more}"


def pages(usager: Usager, channel: Channel, suivi: Suivi) -> dict[str, str]:
    """Every address of the room for that person."""
    ids = {
        "public_id": usager.public_id,
        "channel_id": channel.public_id,
        "suivi_id": suivi.public_id,
    }
    return {
        str(route.name): "/usagers/"
        + re.sub(r"<uuid:(\w+)>", lambda m: str(ids[m[1]]), str(route.pattern))
        for route in urls.urlpatterns
        if "<uuid" in str(route.pattern)
    }


POST_ONLY = {"told", "channel_send", "unfollow"}


@pytest.fixture
def everything(rose: Usager, alice: Affectation) -> dict[str, str]:
    channel = ChannelFactory.create(usager=rose, unproven=True)
    suivi = Suivi.objects.create(usager=rose, affectation=alice, started_at=NOW)
    return pages(rose, channel, suivi)


class TestEveryPage:
    def test_opens_to_an_aidant_of_the_structure(
        self, everything: dict[str, str], hers: Client
    ) -> None:
        for name, address in everything.items():
            expected = 405 if name in POST_ONLY else 200
            assert hers.get(address).status_code == expected, name

    def test_is_one_line_of_the_journal_each_time_it_is_read(
        self, everything: dict[str, str], hers: Client, rose: Usager
    ) -> None:
        """P-11: as many lines as pages shown, refreshed or not."""
        shown = 0
        for name, address in everything.items():
            for _ in range(2):
                shown += name not in POST_ONLY and hers.get(address).status_code == 200

        readings = Entry.objects.filter(event="usagers.read", about=rose.public_id)
        assert readings.count() == shown > 20

    @pytest.mark.parametrize("who", ["charlie", "oscar"])
    def test_does_not_exist_for_a_stranger(
        self,
        who: str,
        everything: dict[str, str],
        client_of: ClientOf,
        request: pytest.FixtureRequest,
    ) -> None:
        """P-10, S-40: 404 in the other structure, 403 for someone of none; nothing moves, nothing is read."""
        stranger = client_of(request.getfixturevalue(who))
        for name, address in everything.items():
            for answer in (stranger.get, stranger.post):
                assert answer(address).status_code in {403 if who == "oscar" else 404, 405}, name
        assert not Entry.objects.exists()

    def test_does_not_exist_outside_the_followers(
        self, everything: dict[str, str], rose: Usager, bob: Affectation, client_of: ClientOf
    ) -> None:
        """P-10."""
        Usager.objects.filter(pk=rose.pk).update(team_access=False)
        colleague = client_of(bob)

        for name, address in everything.items():
            assert colleague.get(address).status_code in {404, 405}, name

    def test_leads_a_visitor_to_the_entrance(
        self, everything: dict[str, str], client: Client
    ) -> None:
        for name, address in everything.items():
            assert client.get(address).status_code in {302, 405}, name

    def test_is_shut_without_the_charte(
        self, everything: dict[str, str], alice: Affectation, hers: Client
    ) -> None:
        """P-04."""
        CharteAcceptance.objects.filter(compte=alice.compte).delete()

        for name, address in everything.items():
            assert hers.get(address).status_code in {403, 405}, name

    def test_of_nobody_does_not_exist(self, hers: Client) -> None:
        assert hers.get(f"/usagers/{uuid4()}/").status_code == 404

    def test_is_kept_nowhere(self, everything: dict[str, str], hers: Client) -> None:
        """S-43."""
        for name, address in everything.items():
            assert hers.get(address)["Cache-Control"] == "no-store", name

    def test_shows_no_internal_number(
        self, everything: dict[str, str], hers: Client, rose: Usager
    ) -> None:
        """P-30, S-41."""
        html = hers.get(everything["card"]).content.decode()
        assert rose.display_name in html
        visible = re.sub(r"<[^>]*>", " ", html)
        assert str(rose.public_id) not in visible


class TestTheCard:
    def test_begins_with_the_name_and_says_how_it_is_known(
        self, hers: Client, rose: Usager
    ) -> None:
        html = hers.get(url(rose)).content.decode()

        assert "<h1>Rose Lefèvre</h1>" in html
        assert "12 avril 1955" in html.replace("\xa0", " ")

    def test_says_what_stops_and_not_why_to_a_relative(
        self, hers: Client, rose: Usager, alice: Affectation
    ) -> None:
        """P-36: with the person or a relative before the screen, neither the reason nor the discretion shows."""
        ChannelFactory.create(usager=rose, discreet=True)
        Usager.objects.filter(pk=rose.pk).update(frozen_at=NOW, freeze_reason=FreezeReason.DOUBT)
        alone = hers.get(url(rose)).content.decode()
        session = hers.session
        session["person_present_usager"] = "1"
        session.save()
        together = hers.get(url(rose)).content.decode()

        assert "suspendu" in alone
        assert "suspendu" in together
        for words in ("sous pression", "discrétion"):
            assert words in alone
            assert words not in together

    def test_costs_the_same_for_one_channel_and_for_fifty(
        self, hers: Client, rose: Usager, alice: Affectation
    ) -> None:
        """Law 12."""
        ChannelFactory.create(usager=rose)

        def count() -> int:
            with CaptureQueriesContext(connection) as seen:
                hers.get(url(rose))
            return len(seen)

        count()
        for_one = count()
        ChannelFactory.create_batch(49, usager=rose)
        for number in range(20):
            Notice.objects.create(
                usager=rose, key=f"n{number}", title="t", body="b", state=NoticeState.PAPER, created_at=NOW,
                day=NOW.date(),
            )  # fmt: skip
        assert count() == for_one

    def test_lists_what_is_to_be_told_and_empties_it(self, hers: Client, rose: Usager) -> None:
        Notice.objects.create(
            usager=rose, key="k", title="t", body="Votre aidant a agi.", state=NoticeState.PAPER, created_at=NOW,
            day=NOW.date(),
        )  # fmt: skip
        assert "Votre aidant a agi." in hers.get(url(rose)).content.decode()

        assert hers.post(url(rose, "dit/")).status_code == 302
        assert "Votre aidant a agi." not in hers.get(url(rose)).content.decode()


class TestRenaming:
    def test_changes_the_name_used(self, hers: Client, rose: Usager) -> None:
        response = hers.post(url(rose, "nom/"), {"preferred_name": "Martin"})

        assert response["Location"] == url(rose)
        rose.refresh_from_db()
        assert rose.display_name == "Rose Martin"

    def test_never_puts_a_name_in_an_address(self, hers: Client, rose: Usager) -> None:
        assert (
            "Martin" not in hers.post(url(rose, "nom/"), {"preferred_name": "Martin"})["Location"]
        )

    def test_shows_a_hostile_name_as_text(self, hers: Client, rose: Usager) -> None:
        """B.2, content injector."""
        hers.post(url(rose, "nom/"), {"preferred_name": "<script>alert(1)</script>\u202e"})

        html = hers.get(url(rose)).content.decode()
        assert "<script>alert" not in html
        assert "\u202e" not in html


class TestChannels:
    @pytest.fixture
    def sent(self, alice: Affectation) -> dict[str, str]:
        return {
            "kind": "email", "value": "rose@exemple.fr", "holder": "person", "geste_code": totp_code(alice.compte, NOW),
        }  # fmt: skip

    def test_are_added_then_proven_with_the_person(
        self, hers: Client, rose: Usager, sent: dict[str, str]
    ) -> None:
        """The whole road of a channel, P-14 and S-08."""
        added = hers.post(url(rose, "contacts/ajouter/"), sent)
        channel = Channel.objects.get()
        here = url(rose, f"contacts/{channel.public_id}/")
        assert added["Location"] == here + "verifier/"
        assert hers.post(here + "envoyer/")["Location"] == here + "verifier/"
        code = "".join(c for c in str(Message.objects.get().body) if c.isdigit())[:6]
        wrong = f"{(int(code) + 1) % 10**6:06d}"

        refused = hers.post(here + "verifier/", {"code": wrong})
        proven = hers.post(here + "verifier/", {"code": code})

        assert refused.status_code == 422
        assert proven["Location"] == url(rose)
        assert proven_channel(rose) == channel

    def test_are_not_added_without_a_gesture(
        self, hers: Client, rose: Usager, sent: dict[str, str]
    ) -> None:
        """S-08."""
        response = hers.post(url(rose, "contacts/ajouter/"), {**sent, "geste_code": ""})

        assert response.status_code == 422
        assert "rose@exemple.fr" in response.content.decode()
        assert not Channel.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [{"value": "rose"}, {"kind": "sms"}, {"holder": "voisin"}, {"value": ""}, {"kind": ""}],
    )
    def test_are_refused_beside_the_field(
        self, wrong: dict[str, str], hers: Client, rose: Usager, sent: dict[str, str]
    ) -> None:
        assert hers.post(url(rose, "contacts/ajouter/"), {**sent, **wrong}).status_code == 422
        assert not Channel.objects.exists()

    def test_already_there_are_said_beside_the_field(
        self, hers: Client, rose: Usager, sent: dict[str, str]
    ) -> None:
        ChannelFactory.create(usager=rose, value="rose@exemple.fr")

        response = hers.post(url(rose, "contacts/ajouter/"), sent)

        assert response.status_code == 422
        assert "déjà inscrit" in response.content.decode()

    @pytest.mark.parametrize(
        ("page", "field", "value"), [("retirer", "ended_at", NOW), ("discretion", "discreet", True)]
    )
    def test_change_with_a_gesture_only(
        self, page: str, field: str, value: object, hers: Client, alice: Affectation, rose: Usager
    ) -> None:
        """S-08, P-36."""
        channel = ChannelFactory.create(usager=rose)
        before = getattr(channel, field)
        here = url(rose, f"contacts/{channel.public_id}/{page}/")

        assert hers.post(here, {}).status_code == 422
        channel.refresh_from_db()
        assert getattr(channel, field) == before

        assert hers.post(here, {"geste_code": totp_code(alice.compte, NOW)}).status_code == 302
        channel.refresh_from_db()
        assert getattr(channel, field) == value

    @pytest.mark.parametrize("page", ["verifier", "envoyer", "discretion", "retirer"])
    def test_of_another_person_do_not_exist(
        self, page: str, hers: Client, alice: Affectation, ccas: Structure, rose: Usager
    ) -> None:
        theirs = ChannelFactory.create(usager=UsagerFactory.create(structure=ccas))

        response = hers.post(
            url(rose, f"contacts/{theirs.public_id}/{page}/"),
            {"geste_code": totp_code(alice.compte, NOW)},
        )

        assert response.status_code == 404
        assert Channel.objects.get(pk=theirs.pk).ended_at is None
