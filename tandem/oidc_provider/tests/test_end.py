"""« Terminer l’accompagnement »: whose it is, what it shows, what it ends."""

import pytest
from django.db import connection
from django.urls import reverse

from tandem.journal.models import Entry
from tandem.mandats.models import Mandat
from tandem.mandats.rules import Duree, EndKind
from tandem.oidc_provider import actions, queries
from tandem.oidc_provider.tests.intruders import a_colleague, an_aidant_elsewhere
from tandem.oidc_provider.tests.story import AT, Story, make_structure
from tandem.structures import queries as structures_queries
from tandem.structures.models import SYSTEM_ACTEUR, Affectation, Structure
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager


class TestEndingTheAccompagnement:
    def test_is_declared_by_the_aidant_once(self, story: Story) -> None:
        """Decision 5: what the aidant declares, and nothing more."""
        story.walk()
        url = reverse("oidc_provider:end", args=[story.transaction.public_id])

        page = story.browser.get(url, secure=True).content.decode()
        for answer in ("0", "1"):
            story.browser.post(url, {"logged_out": answer}, secure=True)

        line = Entry.objects.get(event="oidc_provider.accompagnement_ended")
        assert "Déconnectez-vous du service" in page
        assert line.facts["logged_out"] is False
        assert "est terminé" in story.browser.get(url, secure=True).content.decode()

    @pytest.mark.parametrize(
        "change",
        ["erased", "no longer followed", "left the structure", "no longer habilité", "structure closed", "moved"],
    )  # fmt: skip
    def test_shows_no_name_once_the_person_is_not_theirs_any_more(
        self, story: Story, change: str
    ) -> None:
        """P-10, P-22, P-39: asked again at each request, for the page, the list and the act."""
        story.walk()
        url = reverse("oidc_provider:end", args=[story.transaction.public_id])
        assert story.browser.get(url, secure=True).status_code == 200
        if change == "erased":
            erase_usager(acteur=SYSTEM_ACTEUR, usager=story.rose, at=AT)
        elif change == "no longer followed":
            Usager.objects.filter(pk=story.rose.pk).update(team_access=False)
        elif change == "left the structure":
            Affectation.objects.filter(pk=story.alice.pk).update(ended_at=AT)
        elif change == "no longer habilité":
            Affectation.objects.filter(pk=story.alice.pk).update(habilite_at=None)
        elif change == "structure closed":
            Structure.objects.filter(pk=story.structure.pk).update(closed_at=AT)
        else:
            elsewhere = make_structure("Mairie", "21350236200014")
            # Nothing in the house does this: by hand, in the database.
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE usagers_usager SET structure_id = %s WHERE id = %s",
                    [elsewhere.pk, story.rose.pk],
                )

        shown = story.browser.get(url, secure=True)
        posted = story.browser.post(url, {"logged_out": "1"}, secure=True)

        assert {shown.status_code, posted.status_code} <= {403, 404}
        for answer in (shown, posted):
            assert "MARTIN" not in answer.content.decode()
        acteur = structures_queries.acteur_from(story.alice)
        assert not queries.accompagnements_to_end(acteur).exists()
        assert not Entry.objects.filter(event="oidc_provider.accompagnement_ended").exists()

    def test_reads_the_person_again_in_the_act_itself(self, story: Story) -> None:
        """S-02: what changed since the page was opened counts."""
        story.walk()
        acteur = structures_queries.acteur_from(story.alice)
        row = queries.accompagnement_for(story.transaction.public_id, acteur)
        Affectation.objects.filter(pk=story.alice.pk).update(habilite_at=None)

        with pytest.raises(queries.TransactionUnknown):
            actions.end_accompagnement(acteur=acteur, row=row, logged_out=True, filed=False, at=AT)

    def test_ends_a_mandat_of_one_act_when_its_demarche_is_done(self, story: Story) -> None:
        """Decision 5; a mandat of one act closes itself when its démarche is filed."""
        Mandat.objects.filter(pk=story.line.mandat_id).update(duree=Duree.ACTE)
        story.walk()
        url = reverse("oidc_provider:end", args=[story.transaction.public_id])
        assert 'name="filed"' in story.browser.get(url, secure=True).content.decode()

        story.browser.post(url, {"logged_out": "1", "filed": "on"}, secure=True)

        mandat = Mandat.objects.get(pk=story.line.mandat_id)
        assert (mandat.end_kind, mandat.ended_at is not None) == (EndKind.DONE, True)
        line = Entry.objects.get(event="oidc_provider.accompagnement_ended")
        assert line.facts["filed"] is True

    @pytest.mark.parametrize(
        ("duree", "data"), [(Duree.ACTE, {}), (Duree.MOIS, {"filed": "on"})], ids=str
    )
    def test_leaves_every_other_mandat_alive(
        self, story: Story, duree: str, data: dict[str, str]
    ) -> None:
        """A démarche to come back to, or a mandat for a time: only what was said ends."""
        Mandat.objects.filter(pk=story.line.mandat_id).update(duree=duree)
        story.walk()
        url = reverse("oidc_provider:end", args=[story.transaction.public_id])
        page = story.browser.get(url, secure=True).content.decode()
        assert ('name="filed"' in page) == (duree == Duree.ACTE)

        story.browser.post(url, {"logged_out": "1", **data}, secure=True)

        assert Mandat.objects.get(pk=story.line.mandat_id).ended_at is None
        line = Entry.objects.get(event="oidc_provider.accompagnement_ended")
        assert line.facts["filed"] is False

    def test_is_nobody_elses(self, story: Story) -> None:
        story.walk()
        url = reverse("oidc_provider:end", args=[story.transaction.public_id])

        assert a_colleague(story).get(url, secure=True).status_code == 404
        assert an_aidant_elsewhere(story).post(url, secure=True).status_code == 404
        assert not Entry.objects.filter(event="oidc_provider.accompagnement_ended").exists()
