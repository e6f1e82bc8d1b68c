"""Nothing of a sandbox leaves, at any step, and two checks hold it. A-14, S-02."""

from typing import Any

import pytest

from tandem.kernel import clock
from tandem.mandats.queries import uses
from tandem.mandats.rules import ConsentMethod
from tandem.oidc_provider.models import AuthorizationCode
from tandem.oidc_provider.queries import obstacles
from tandem.oidc_provider.rules.choices import Step
from tandem.oidc_provider.tests.story import Story, release
from tandem.structures.models import Structure
from tandem.structures.queries import acteur_from
from tandem.usagers.models import Usager
from tandem.usagers.rules import Rung


def becomes_a_sandbox(story: Story) -> None:
    """What was true is an exercise, behind everything already read."""
    Structure.objects.filter(pk=story.structure.pk).update(practice_of=story.compte)


@pytest.fixture
def without_mandats(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tuple(one for one in uses.CONDITIONS if one.name != "not_practice")
    monkeypatch.setattr(uses, "CONDITIONS", kept)


@pytest.fixture
def without_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obstacles, "_obstacle_of_practice", lambda *_args: None)


class TestAnExercise:
    @pytest.mark.parametrize("step", list(Step))
    def test_is_stopped_while_choosing(self, story: Story, step: Step) -> None:
        story.arrive()
        story.choose_usager()
        story.choose_line()
        becomes_a_sandbox(story)
        row = type(story.transaction).objects.get(pk=story.transaction.pk)

        found = obstacles.choice_obstacle(
            row,
            acteur=acteur_from(story.alice),
            session_id=row.session_id,
            step=step,
            at=clock.now(),
        )

        assert found is not None
        assert found.reason == "practice"

    def test_is_stopped_at_confirmation(self, story: Story) -> None:
        story.arrive()
        story.choose_usager()
        story.choose_line()
        becomes_a_sandbox(story)

        story.confirm()

        assert story.code == ""
        assert not AuthorizationCode.objects.exists()

    def test_is_stopped_at_the_token(self, story: Story) -> None:
        story.walk()
        becomes_a_sandbox(story)

        assert story.exchange().status_code == 400

    def test_is_stopped_at_userinfo(self, story: Story) -> None:
        story.walk()
        token = story.exchange().json()["access_token"]
        becomes_a_sandbox(story)

        assert story.userinfo(token).status_code == 401

    def test_is_held_by_mandats_alone(self, story: Story, without_ours: None) -> None:
        story.walk()
        becomes_a_sandbox(story)

        assert release(story) is None

    def test_is_held_by_the_provider_alone(self, story: Story, without_mandats: None) -> None:
        story.walk()
        becomes_a_sandbox(story)

        assert release(story) is None

    def test_would_leave_without_both(
        self, story: Story, without_ours: None, without_mandats: None
    ) -> None:
        """So each of the tests above bites."""
        story.walk()
        becomes_a_sandbox(story)

        found: Any = release(story)
        assert found["given_name"] == "Rose Marie"

    def test_would_not_even_then_for_someone_fictitious(
        self, story: Story, without_ours: None, without_mandats: None
    ) -> None:
        """The rung of nobody releases nothing either: a third check."""
        story.walk()
        becomes_a_sandbox(story)
        Usager.objects.filter(pk=story.rose.pk).update(rung=Rung.FICTIF)
        mandat = type(story.line.mandat).objects.filter(pk=story.line.mandat.pk)
        mandat.update(rung=Rung.FICTIF, consent_method=ConsentMethod.PRACTICE)

        assert release(story) is None
