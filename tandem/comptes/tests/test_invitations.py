"""The invitation, its link, the first password."""

import re
from typing import Any

import pytest
from django.test import Client

from tandem.comptes import actions, queries
from tandem.comptes.models import Compte
from tandem.comptes.tests.conftest import NEW, Clock
from tandem.envois.models import Message
from tandem.journal.models import Entry
from tandem.journal.rules import SYSTEM


class TestAnInvitation:
    def test_makes_a_compte_that_opens_nothing_and_sends_the_link(
        self, invited: actions.Invitation
    ) -> None:
        compte = invited.compte
        assert compte.email == "zoe@mairie.example"
        assert not compte.has_usable_password()
        message = Message.objects.get()
        assert message.recipient == compte.email
        assert invited.link in message.body
        token = invited.link.rstrip("/").rpartition("/")[2]
        activation = compte.activations.get()
        assert token not in activation.token_hash
        assert Entry.objects.get(event="comptes.invited").subject_id == compte.public_id

    def test_is_refused_for_an_address_that_has_a_compte(
        self, invited: actions.Invitation, clock: Clock
    ) -> None:
        with pytest.raises(actions.InvitationRefused, match="déjà un compte"):
            actions.invite_compte(
                email=" ZOE@mairie.example",
                given_name="Z",
                family_name="E",
                author=SYSTEM,
                at=clock.now,
            )

    @pytest.mark.parametrize(
        ("phone", "kept"),
        [("06 12 34 56 78", "+33612345678"), ("0692 12 34 56", "+262692123456"), ("", "")],
    )
    def test_keeps_a_mobile_number(self, db: None, clock: Clock, phone: str, kept: str) -> None:
        invited = actions.invite_compte(
            email="y@x.example",
            given_name="Y",
            family_name="E",
            phone=phone,
            author=SYSTEM,
            at=clock.now,
        )
        assert invited.compte.phone == kept

    @pytest.mark.parametrize(
        "changes",
        [{"phone": "01 23 45 67 89"}, {"phone": "abc"}, {"given_name": " "}, {"email": ""}],
    )
    def test_is_refused_when_something_is_missing_or_wrong(
        self, db: None, clock: Clock, changes: dict[str, Any]
    ) -> None:
        given = {"email": "y@x.example", "given_name": "Y", "family_name": "E", **changes}

        with pytest.raises(actions.InvitationRefused):
            actions.invite_compte(**given, author=SYSTEM, at=clock.now)
        assert not Compte.objects.exists()

    def test_may_be_sent_again_and_the_older_link_dies(
        self, invited: actions.Invitation, client: Client, clock: Clock
    ) -> None:
        """S-12: the new link goes to the person alone."""
        actions.renew_link(compte=invited.compte, author=SYSTEM, at=clock.now)

        assert client.get(invited.link, follow=True).status_code == 404
        message = Message.objects.order_by("-pk")[0]
        assert message.recipient == invited.compte.email
        sent = re.search(r"https?://\S+", message.body or "")
        assert sent is not None
        assert client.get(sent[0], follow=True).status_code == 200

    def test_is_not_sent_again_once_used(
        self, invited: actions.Invitation, zoe: Client, clock: Clock
    ) -> None:
        compte = Compte.objects.get()
        with pytest.raises(actions.InvitationRefused, match="déjà activé"):
            actions.renew_link(compte=compte, author=SYSTEM, at=clock.now)


class TestTheLink:
    def test_leaves_the_address_and_is_not_spent_by_being_opened(
        self, invited: actions.Invitation, client: Client
    ) -> None:
        """ASVS 14.2.1; programs that open the links of e-mails spend nothing."""
        for _number in range(3):
            answer = client.get(invited.link)
            assert answer["Location"] == "/comptes/activation/"
        page = client.get("/comptes/activation/").content.decode()
        assert "Bienvenue Zoé" in page
        assert invited.link.rstrip("/").rpartition("/")[2] not in page

    def test_serves_once(self, invited: actions.Invitation, zoe: Client, client: Client) -> None:
        again = type(client)().get(invited.link, follow=True)

        assert again.status_code == 404
        assert "Ce lien ne sert plus" in again.content.decode()

    def test_serves_once_even_to_two_requests_at_the_same_time(
        self, invited: actions.Invitation, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both have read the link as unused; the update lets one through."""
        token = invited.link.rstrip("/").rpartition("/")[2]
        read_before = queries.activation_for(token, at=clock.now)
        actions.activate(token=token, password=NEW, at=clock.now)
        monkeypatch.setattr(queries, "activation_for", lambda *_args, **_named: read_before)

        with pytest.raises(actions.ActivationRefused):
            actions.activate(token=token, password=NEW + " bis", at=clock.now)
        assert Compte.objects.get().check_password(NEW)

    @pytest.mark.parametrize(("days", "status"), [(6.99, 200), (7, 404)])
    def test_serves_seven_days(
        self, invited: actions.Invitation, client: Client, clock: Clock, days: float, status: int
    ) -> None:
        clock.move(days=days)

        assert client.get(invited.link, follow=True).status_code == status

    def test_dies_with_the_compte(
        self, invited: actions.Invitation, client: Client, clock: Clock
    ) -> None:
        actions.deactivate_compte(compte=invited.compte, author=SYSTEM, at=clock.now)

        assert client.get(invited.link, follow=True).status_code == 404

    def test_that_nobody_made_opens_nothing(self, client: Client, db: None) -> None:
        assert client.get("/comptes/activation/abc/", follow=True).status_code == 404
        assert client.get("/comptes/activation/").status_code == 404

    @pytest.mark.parametrize(
        ("password", "again", "words"),
        [
            ("court", "court", "12 caractères"),
            ("motdepasse2026!", "motdepasse2026!", "facile à deviner"),
            ("Tandem20262026", "Tandem20262026", "facile à deviner"),
            ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "facile à deviner"),
            ("02/11/2026 09:00", "02/11/2026 09:00", "facile à deviner"),
            ("zoe@mairie.example", "zoe@mairie.example", "trop semblable"),
            ("é" * 129, "é" * 129, "trop long"),
            (NEW, NEW + "s", "différents"),
        ],
    )
    def test_asks_for_a_password_worth_the_name_and_stays_good(
        self, invited: actions.Invitation, client: Client, password: str, again: str, words: str
    ) -> None:
        """ASVS 6.2."""
        client.get(invited.link, follow=True)
        answer = client.post("/comptes/activation/", {"password": password, "again": again})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert client.get("/comptes/activation/").status_code == 200
