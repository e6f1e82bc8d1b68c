"""A connexion finished by another: refused, and nothing is said of why (S-03)."""

from datetime import timedelta
from typing import Any

import pytest

from tandem.mandats.models import Usage
from tandem.oidc_provider.models import AuthorizationCode, Transaction
from tandem.oidc_provider.tests.intruders import INTRUDERS, Intruder, another_browser
from tandem.oidc_provider.tests.story import AT, Story, make_structure
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Affectation, CharteAcceptance
from tandem.structures.rules import SESSION_AFFECTATION


def nothing_happened(story: Story) -> bool:
    return not AuthorizationCode.objects.exists() and not Usage.objects.exists()


class TestATransaction:
    @pytest.mark.parametrize("intruder", INTRUDERS)
    def test_taken_by_alice_is_not_there_for_anyone_else(
        self, story: Story, intruder: Intruder
    ) -> None:
        """S-03: session, aidant, structure and browser are compared at each step."""
        story.arrive()
        story.choose_usager()
        story.choose_line()
        browser = intruder(story)

        shown = [
            browser.get(story.url(name), secure=True)
            for name in ("connexion", "usager", "demarche", "confirm")
        ]
        sent = [
            browser.post(
                story.url(name),
                {"geste_code": "123456", "usager": str(story.rose.public_id)},
                secure=True,
            )
            for name in (
                "usager",
                "choose_usager",
                "demarche",
                "confirm",
                "send_code",
                "record_paper",
                "cancel",
            )
        ]

        assert [answer.status_code for answer in shown + sent] == [404] * 11
        assert nothing_happened(story)
        assert story.confirm().status_code == 303

    def test_is_not_finished_under_another_structure_of_the_same_aidant(self, story: Story) -> None:
        """S-03: alice works for two structures, and switches in another tab."""
        mairie = make_structure("Mairie de Redon", "21350236200014")
        CharteAcceptance.objects.create(
            compte=story.compte, structure=mairie, version=CURRENT_VERSION, accepted_at=AT
        )
        other = Affectation.objects.create(
            compte=story.compte, structure=mairie, role="aidant", habilite_at=AT, started_at=AT
        )
        self.work_for(story, story.alice)
        story.arrive()
        story.choose_usager()
        story.choose_line()
        self.work_for(story, other)

        assert story.confirm().status_code == 404
        assert nothing_happened(story)

    @staticmethod
    def work_for(story: Story, affectation: Affectation) -> None:
        session = story.browser.session
        session[SESSION_AFFECTATION] = str(affectation.public_id)
        session.save()

    def test_that_nobody_took_belongs_to_the_browser_that_arrived(self, story: Story) -> None:
        """S-03: whoever receives the address of a connexion begun elsewhere finds nothing."""
        story.arrive()

        assert another_browser(story).get(story.url("connexion"), secure=True).status_code == 404
        assert story.choose_usager(another_browser(story)).status_code == 404
        assert Transaction.objects.get().compte is None

    def test_lasts_ten_minutes(self, story: Story, clock: Any) -> None:
        """Decision 13."""
        story.arrive()
        story.choose_usager()
        story.choose_line()
        clock.shift(timedelta(minutes=10))

        assert story.confirm().status_code == 409
        assert nothing_happened(story)

    def test_in_two_tabs_is_two_transactions(self, story: Story) -> None:
        story.arrive()
        first = story.transaction
        story.arrive()
        story.transaction = first

        story.choose_usager()
        story.choose_line()

        assert story.confirm().status_code == 303
