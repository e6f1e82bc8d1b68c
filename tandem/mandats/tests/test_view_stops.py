from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tandem.journal.models import Entry
from tandem.mandats.models import Mandat
from tandem.mandats.rules import EndKind
from tandem.mandats.tests.cast import ClientOf
from tandem.mandats.tests.factories import line_of, signed_mandat
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager


@pytest.fixture
def mandat(acteur: Acteur, rose: Usager, at: datetime) -> Any:
    return signed_mandat(
        acteur,
        rose,
        ["theme:logement", "theme:argent"],
        duree="an",
        ways=("presence", "absence"),
        at=at,
    )


pytestmark = pytest.mark.usefixtures("clock")


class TestStopping:
    def test_a_mandat_says_what_will_happen_then_does_it(
        self, desk: Client, mandat: Mandat, at: datetime
    ) -> None:
        """P-38."""
        address = reverse("mandats:stop", args=[mandat.public_id])
        assert "immédiat" in desk.get(address).content.decode()
        mandat.refresh_from_db()
        assert mandat.ended_at is None

        html = desk.post(address, follow=True).content.decode()

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.REVOKED
        assert "plus personne ne peut agir pour Rose Lefèvre" in html

    def test_one_line(self, desk: Client, mandat: Mandat) -> None:
        line = line_of(mandat, "theme:argent")
        address = reverse("mandats:stop_line", args=[line.public_id])
        assert desk.get(address).status_code == 200

        desk.post(address)

        assert line_of(mandat, "theme:argent").end_kind == EndKind.REVOKED
        assert line_of(mandat, "theme:logement").ended_at is None

    def test_everything_of_a_person(self, desk: Client, rose: Usager, mandat: Mandat) -> None:
        address = reverse("mandats:stop_all", args=[rose.public_id])
        assert "Rose" in desk.get(address).content.decode()

        desk.post(address)

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.REVOKED
        assert "déjà arrêté" in desk.get(address).content.decode()

    def test_of_someone_elses_person_is_unknown(
        self, mandat: Mandat, rose: Usager, charlie: Affectation, client_of: ClientOf
    ) -> None:
        stranger = client_of(charlie)
        line = line_of(mandat, "theme:argent")

        for address in (
            reverse("mandats:stop_all", args=[rose.public_id]),
            reverse("mandats:stop_line", args=[line.public_id]),
        ):
            assert stranger.get(address).status_code == 404
            assert stranger.post(address).status_code == 404

    def test_by_the_paper_in_another_structure_shows_no_name(
        self, mandat: Mandat, charlie: Affectation, client_of: ClientOf
    ) -> None:
        elsewhere = client_of(charlie)
        address = reverse("mandats:stop_by_code")
        assert elsewhere.get(address).status_code == 200

        html = elsewhere.post(address, {"code": mandat.verification_code}).content.decode()

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.REVOKED
        assert mandat.structure.name in html
        assert "Lefèvre" not in html

    def test_by_the_paper_is_open_to_a_referent_who_is_not_habilite(
        self, mandat: Mandat, bea: Affectation, client_of: ClientOf
    ) -> None:
        Affectation.objects.filter(pk=bea.pk).update(habilite_at=None)

        response = client_of(bea).post(
            reverse("mandats:stop_by_code"), {"code": mandat.verification_code}
        )

        mandat.refresh_from_db()
        assert response.status_code == 200
        assert mandat.end_kind == EndKind.REVOKED

    def test_by_the_paper_refuses_wrong_codes_and_too_many_tries(
        self, desk: Client, mandat: Mandat
    ) -> None:
        """S-41."""
        address = reverse("mandats:stop_by_code")

        assert "28 lettres" in desk.post(address, {"code": "ABC"}).content.decode()
        for _try in range(10):
            assert "Aucun mandat" in desk.post(address, {"code": "A" * 28}).content.decode()
        assert "Trop d’essais" in desk.post(address, {"code": "A" * 28}).content.decode()

    def test_by_the_paper_needs_a_session(self, client: Client) -> None:
        assert client.get(reverse("mandats:stop_by_code")).status_code == 302

    def test_renouncing_lists_what_cannot_wait(self, desk: Client, mandat: Mandat) -> None:
        """P-18."""
        address = reverse("mandats:renounce", args=[mandat.public_id])
        assert desk.get(address).status_code == 200

        html = desk.post(address, {"pending": ["theme:logement"]}, follow=True).content.decode()

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.RENOUNCED
        assert "À terminer sans attendre" in html

    def test_renouncing_shows_no_form_to_who_could_not_send_it(
        self, mandat: Mandat, bob: Affectation, client_of: ClientOf
    ) -> None:
        """P-18: who signed, or a référent; the page says whom to ask, and that stopping stays open."""
        address = reverse("mandats:renounce", args=[mandat.public_id])
        browser = client_of(bob)

        answer = browser.get(address)
        assert answer.status_code == browser.post(address).status_code == 403
        assert "demandez-leur" in answer.content.decode()
        assert not Entry.objects.filter(event="usagers.read").exists()
        mandat.refresh_from_db()
        assert mandat.ended_at is None

    def test_a_one_act_mandat_when_it_is_done(
        self, desk: Client, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, duree="acte", at=at)
        assert "La démarche est terminée" in desk.get(mandat.get_absolute_url()).content.decode()

        desk.post(reverse("mandats:finish", args=[mandat.public_id]))

        mandat.refresh_from_db()
        assert mandat.end_kind == EndKind.DONE
