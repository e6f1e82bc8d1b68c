"""The pages: the list, the two files side by side, the way back, and the page of a hidden file."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from tandem.comptes.tests.factories import totp_code
from tandem.journal.models import Entry
from tandem.rapprochements.models import Distinction, Rapprochement
from tandem.structures.models import Affectation
from tandem.structures.tests.cast import ClientOf
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(rose: Usager) -> Usager:
    return UsagerFactory.create(
        structure=rose.structure, given_names="Rose", family_name="Le Fèvre", declared=True,
        birthdate="",
    )  # fmt: skip


def two(name: str, one: Usager, other: Usager) -> str:
    return reverse(f"rapprochements:{name}", args=[one.public_id, other.public_id])


def merge(
    client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager, at: datetime
) -> Rapprochement:
    with time_machine.travel(at, tick=False):
        client_of(alice).post(
            two("compare", rose, other), {"geste_code": totp_code(alice.compte, at)}
        )
    return Rapprochement.objects.get()


class TestTheList:
    def test_shows_each_pair_once(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager
    ) -> None:
        page = client_of(alice).get(reverse("rapprochements:doubles")).text

        assert (
            page.count("Le Fèvre") == 2
        )  # the title, and the words of the link for screen readers
        assert "1 dossier à comparer" in page
        assert "noms proches" in page.lower()

    def test_is_empty_elsewhere(
        self, client_of: ClientOf, charlie: Affectation, rose: Usager, other: Usager
    ) -> None:
        """S-01"""
        assert "Aucun dossier en double" in (
            client_of(charlie).get(reverse("rapprochements:doubles")).text
        )


class TestSideBySide:
    def test_shows_both_files_and_journals_both_readings(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager
    ) -> None:
        """P-11"""
        page = client_of(alice).get(two("compare", other, rose)).text

        assert page.index("Lefèvre") < page.index("Dossier gardé") < page.index("Dossier réuni")
        read = Entry.objects.filter(event="usagers.read")
        assert {line.about for line in read} == {rose.public_id, other.public_id}

    def test_brings_them_together_by_a_gesture(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager, at: datetime
    ) -> None:
        assert merge(client_of, alice, rose, other, at).kept == rose

    def test_says_what_is_wrong_with_the_gesture(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager
    ) -> None:
        answer = client_of(alice).post(two("compare", rose, other), {"geste_code": "000000"})

        assert answer.status_code == 422
        assert not Rapprochement.objects.exists()

    def test_says_why_it_is_not_possible_and_shows_no_button(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        twin = UsagerFactory.create(structure=rose.structure, sub="another")

        page = client_of(alice).get(two("compare", rose, twin)).text

        assert "deux comptes FranceConnect différents" in page
        assert "Oui, réunir" not in page

    def test_tells_two_persons_apart(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager
    ) -> None:
        answer = client_of(alice).post(two("distinguish", rose, other))

        assert answer.headers["Location"] == reverse("espaces:person", args=[rose.public_id])
        assert Distinction.objects.count() == 1

    def test_is_closed_beside_someone(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager
    ) -> None:
        """P-28: the other name is not shown to whoever sits there."""
        client = client_of(alice)
        client.post(
            reverse("espaces:person_present"), {"present": "1", "usager": str(rose.public_id)}
        )

        for address in (two("compare", rose, other), reverse("rapprochements:doubles")):
            assert "Le Fèvre" not in client.get(address).text


class TestTheOtherFile:
    def test_is_found_by_its_name(
        self, client_of: ClientOf, alice: Affectation, rose: Usager
    ) -> None:
        far = UsagerFactory.create(
            structure=rose.structure, given_names="Ginette", family_name="Martin", declared=True
        )
        address = reverse("rapprochements:choose", args=[rose.public_id])

        page = client_of(alice).post(address, {"q": "mart"}).text

        assert two("compare", rose, far) in page
        assert client_of(alice).post(address, {"q": "m"}).status_code == 422


class TestAHiddenFile:
    def test_leads_to_the_one_kept_from_any_page(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager, at: datetime
    ) -> None:
        merge(client_of, alice, rose, other, at)
        kept = reverse("espaces:person", args=[rose.public_id])

        for name in ("espaces:person", "usagers:card", "notes:person"):
            answer = client_of(alice).get(reverse(name, args=[other.public_id]))
            assert (answer.status_code, answer.headers["Location"]) == (302, kept)
        # The second click of one hand.
        assert client_of(alice).post(two("compare", rose, other)).headers["Location"] == kept

    def test_stays_unknown_to_whoever_does_not_see_the_one_kept(
        self, client_of: ClientOf, alice: Affectation, bob: Affectation, charlie: Affectation,
        rose: Usager, other: Usager, at: datetime,
    ) -> None:  # fmt: skip
        """S-01, P-10"""
        merge(client_of, alice, rose, other, at)
        Usager.objects.filter(pk=rose.pk).update(team_access=False)

        for who in (bob, charlie):
            answer = client_of(who).get(reverse("espaces:person", args=[other.public_id]))
            assert answer.status_code == 404

    def test_has_its_journal_on_the_page_of_the_one_kept(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager, at: datetime
    ) -> None:
        client_of(alice).get(reverse("usagers:card", args=[other.public_id]))
        merge(client_of, alice, rose, other, at)

        page = client_of(alice).get(reverse("espaces:readings", args=[rose.public_id])).text

        assert page.count("Deux dossiers de la même personne réunis") == 2
        assert page.count("Dossier ouvert et lu") >= 1


class TestThePersonsPage:
    def test_proposes_then_says_what_was_brought_together(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager, at: datetime
    ) -> None:
        person = reverse("espaces:person", args=[rose.public_id])
        assert "Peut-être la même personne" in client_of(alice).get(person).text

        row = merge(client_of, alice, rose, other, at)

        page = client_of(alice).get(person).text
        assert "Peut-être la même personne" not in page
        assert "Dossiers réunis" in page
        assert reverse("rapprochements:separate", args=[row.public_id]) in page

    def test_separates_by_a_gesture(
        self, client_of: ClientOf, alice: Affectation, rose: Usager, other: Usager, at: datetime
    ) -> None:
        row = merge(client_of, alice, rose, other, at)
        address = reverse("rapprochements:separate", args=[row.public_id])
        assert "Ce qui a été fait depuis reste" in client_of(alice).get(address).text

        later = at + timedelta(minutes=2)
        with time_machine.travel(later, tick=False):
            client_of(alice).post(address, {"geste_code": totp_code(alice.compte, later)})

        row.refresh_from_db()
        assert row.undone_at == later
        assert client_of(alice).get(address).status_code == 404
