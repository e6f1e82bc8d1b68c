"""The whole road, from the request to the identity."""

from tandem.journal.models import Entry
from tandem.mandats.models import Usage
from tandem.oidc_provider.tests.story import REDIRECT, Story, query_of, release


class TestAliceConnectsForRose:
    def test_and_the_service_receives_rose_once(self, story: Story) -> None:
        to = story.walk()

        assert to.startswith(REDIRECT)
        assert query_of(to)["state"] == "a" * 64
        assert query_of(to)["iss"] == "https://tandem.example"
        identity = release(story)
        assert identity is not None
        assert identity["family_name"] == "MARTIN"

        usage = Usage.objects.get()
        assert (usage.service_declared, usage.presence) == ("ameli.fr", "presence")
        assert [
            e.event for e in Entry.objects.filter(about=story.rose.public_id).order_by("seq")
        ] == [
            "mandats.autorisation_used",
            "oidc_provider.identity_released",
        ]
