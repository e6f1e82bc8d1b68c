from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.mandats.models import Mandat
from tandem.mandats.tests.factories import ANDREI, signed_mandat, usager_of
from tandem.signature import queries
from tandem.signature.models import Draft
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.signature.tests.wizard import ANSWERS, follow, recap
from tandem.structures.models import Affectation
from tandem.usagers.actions import declare_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import ChannelFactory


class TestTheIdentification:
    def address(self, acteur: Any, at: datetime, page: str, **changes: Any) -> Any:
        draft = ready_draft(acteur, at=at, answers=complete_answers(**changes))
        return reverse(f"signature:draft_{page}", args=[draft.public_id])

    def test_page_says_who_asks_for_what_and_lets_the_form_reach_franceconnect_only(
        self, desk: Client, acteur: Any, at: datetime, settings: Settings
    ) -> None:
        """S-04, S-46."""
        settings.TANDEM_FRANCECONNECT = {
            **settings.TANDEM_FRANCECONNECT,
            "issuer": "https://fc.example/api/v2",
        }
        draft = ready_draft(
            acteur, at=at, answers=complete_answers(identity={}, identity_confirmed=False)
        )
        Draft.objects.filter(pk=draft.pk).update(identified_at=None)

        response = desk.get(reverse("signature:draft_identification", args=[draft.public_id]))

        assert acteur.structure.name in response.content.decode()
        assert "form-action 'self' https://fc.example;" in response["Content-Security-Policy"] + ";"
        other = desk.get(reverse("signature:start"))
        assert "fc.example" not in other["Content-Security-Policy"]

    def test_of_someone_else_is_forgotten_when_refused(
        self, desk: Client, acteur: Any, at: datetime
    ) -> None:
        """Decision 5."""
        page = self.address(acteur, at, "identity", identity_confirmed=False)

        desk.post(page, {"refuser": "1"})

        draft = Draft.objects.get()
        assert queries.answers_of(draft).identity == {}
        assert draft.identified_at is None

    def test_of_another_person_than_expected_signs_nothing(
        self, desk: Client, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
        draft = ready_draft(
            acteur, at=at, usager=andrei, answers=complete_answers(identity_confirmed=False)
        )

        response = desk.post(
            reverse("signature:draft_identity", args=[draft.public_id]), {"confirmer": "1"}
        )

        assert response.status_code == 409
        assert not queries.answers_of(Draft.objects.get()).identity_confirmed

    def test_of_someone_known_only_by_what_they_said_opens_a_file_of_its_own(
        self, desk: Client, acteur: Any, at: datetime
    ) -> None:
        declared = declare_usager(acteur=acteur, given_names="Rose", family_name="Lefèvre", at=at)
        draft = ready_draft(
            acteur, at=at, usager=declared, answers=complete_answers(identity_confirmed=False)
        )

        desk.post(reverse("signature:draft_identity", args=[draft.public_id]), {"confirmer": "1"})

        draft.refresh_from_db()
        assert draft.usager is None
        assert Usager.objects.get() == declared

    @pytest.mark.parametrize(
        ("email", "said"), [("", True), ("a..b@x.org", True), ("rose@exemple.fr", False)]
    )
    def test_without_an_address_says_what_it_will_not_allow(
        self, desk: Client, acteur: Any, at: datetime, email: str, said: bool
    ) -> None:
        """FI-12: before the signature, with what to do; the mandat can still be signed."""
        identity = complete_answers().identity | {"email": email}
        page = self.address(acteur, at, "identity", identity=identity, identity_confirmed=False)

        html = desk.get(page).content.decode()

        assert ("ajoute une adresse à son compte" in html) is said
        assert desk.post(page, {"confirmer": "1"}).status_code == 302

    def test_of_a_minor_is_refused(self, desk: Client, acteur: Any, at: datetime) -> None:
        """P-33: birthday tomorrow."""
        identity = complete_answers().identity | {"birthdate": "2008-11-03"}
        page = self.address(acteur, at, "identity", identity=identity, identity_confirmed=False)

        assert desk.post(page, {"confirmer": "1"}).status_code == 409

    def test_is_asked_again_after_ten_minutes(
        self, desk: Client, acteur: Any, at: datetime, clock: time_machine.Traveller
    ) -> None:
        page = self.address(acteur, at, "recap")
        assert desk.get(page).status_code == 200

        clock.move_to(at + timedelta(minutes=10))

        address = desk.get(page)["Location"]
        assert follow(desk, address) == "identification"


class TestTheRecap:
    def test_shows_what_changes_to_what_stands(
        self, desk: Client, acteur: Any, rose: Usager, at: datetime
    ) -> None:
        """The screen shows the difference; the journal keeps it."""
        signed_mandat(
            acteur,
            rose,
            ["theme:logement"],
            ways=("presence", "absence"),
            at=at - timedelta(days=1),
        )
        draft = ready_draft(acteur, at=at, usager=rose)

        html = desk.get(reverse("signature:draft_recap", args=[draft.public_id])).content.decode()

        assert "Ce mandat en remplace un autre" in html
        assert "Sera permis moins largement" in html

    def test_without_a_right_code_keeps_everything(
        self, desk: Client, acteur: Any, at: datetime
    ) -> None:
        """S-08, A-10."""
        draft = ready_draft(acteur, at=at)

        address = reverse("signature:draft", args=[draft.public_id])

        shown = {"recap": recap(desk, address), "geste_code": "000000"}
        response = desk.post(f"{address}signature/", shown)

        assert response.status_code == 422
        assert not Mandat.objects.exists()
        assert not Entry.objects.filter(event="mandats.signed").exists()

    def test_of_an_older_tab_signs_for_nobody_else(
        self, desk: Client, alice: Affectation, acteur: Any, at: datetime
    ) -> None:
        """S-08: someone else identified on the same draft in another tab; the old recap signs nothing."""
        draft = ready_draft(acteur, at=at)
        address = reverse("signature:draft", args=[draft.public_id])
        old = {"recap": recap(desk, address), "geste_code": totp_code(alice.compte, at)}
        andrei = {"sub": "b" * 64 + "v1", "acr": "eidas1", **asdict(ANDREI)}
        Draft.objects.filter(pk=draft.pk).update(identified_at=at - timedelta(seconds=1))
        row = Draft.objects.get(pk=draft.pk)
        row.content = complete_answers(identity=andrei).to_json()
        row.save(update_fields=["content"])

        response = desk.post(f"{address}signature/", old, follow=True)

        assert not Mandat.objects.exists()
        assert "a changé dans une autre fenêtre" in response.content.decode()
        assert "Popescu" in response.content.decode()
        # The code was not spent: what is on the screen now can be signed with it.
        desk.post(f"{address}signature/", old | {"recap": recap(desk, address)})
        assert Mandat.objects.get().usager.family_name == "Popescu"

    def test_without_its_mark_signs_nothing(
        self, desk: Client, alice: Affectation, acteur: Any, at: datetime
    ) -> None:
        """S-08."""
        address = reverse("signature:draft", args=[ready_draft(acteur, at=at).public_id])

        for mark in ("", "é", "0" * 64):
            desk.post(
                f"{address}signature/", {"recap": mark, "geste_code": totp_code(alice.compte, at)}
            )
        assert not Mandat.objects.exists()


class TestARenewal:
    def test_takes_a_code_on_the_persons_own_channel(
        self,
        desk: Client,
        acteur: Any,
        rose: Usager,
        alice: Affectation,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ChannelFactory.create(usager=rose, sms=True)
        monkeypatch.setattr("tandem.usagers.actions.codes.secrets.randbelow", lambda _n: 123456)
        mandat = signed_mandat(acteur, rose, at=at)
        address = desk.post(reverse("signature:renew", args=[mandat.public_id]))["Location"]
        for page, values in ANSWERS[3:]:
            known = {"contact_kind": "known"}
            desk.post(f"{address}{page}/", known if page == "contact" else values)
        assert follow(desk, address) == "identification"
        assert f"{address}code/" in desk.get(f"{address}identification/").content.decode()

        assert desk.get(f"{address}code/").status_code == 200
        desk.post(f"{address}code/", {"envoyer": "1"})
        assert desk.post(f"{address}code/", {"code": "000000"}).status_code == 422
        desk.post(f"{address}code/", {"code": "123456"})
        assert follow(desk, address) == "signature"
        shown = {"recap": recap(desk, address), "geste_code": totp_code(alice.compte, at)}
        desk.post(f"{address}signature/", shown)

        renewed = Mandat.objects.get(renews=mandat)
        assert renewed.consent_method == "code"
