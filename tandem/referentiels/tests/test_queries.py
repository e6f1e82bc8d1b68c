import pytest
from django.db import IntegrityError, transaction

from tandem.referentiels import actions, queries
from tandem.referentiels.models import Commune, Demarche, Theme
from tandem.referentiels.rules import fold

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    actions.load_catalogue()


@pytest.fixture
def villeurbanne() -> Commune:
    return Commune.objects.create(
        insee="69266", name="Villeurbanne", postcodes="69100", search_name="villeurbanne"
    )


class TestThemes:
    def test_come_in_their_order(self) -> None:
        assert [theme.key for theme in queries.themes()][:3] == ["papiers", "famille", "social"]


class TestDemarches:
    def test_can_be_of_one_theme(self) -> None:
        found = queries.demarches("justice")

        assert found
        assert {demarche.theme.key for demarche in found} == {"justice"}

    @pytest.mark.parametrize(
        ("q", "slug"),
        [
            ("impot declarer", "declaration-revenus"),
            ("RSA trimestrielle", "caf-declaration-trimestrielle-rsa"),
            ("réversion", "retraite-reversion"),
            ("ANTS carte grise adresse", "carte-grise-adresse"),
        ],
    )
    def test_are_found_without_accents(self, q: str, slug: str) -> None:
        assert slug in [demarche.slug for demarche in queries.search_demarches(q)]

    @pytest.mark.parametrize("q", ["", "   ", "…", "% _", "inexistante"])
    def test_are_not_all_given_for_nothing(self, q: str) -> None:
        assert list(queries.search_demarches(q)) == []


class TestWhatAnAddressSays:
    @pytest.mark.parametrize("said", ["a\x00b", "", "É", "x" * 200, "../argent"])
    def test_is_never_given_to_the_database_when_it_is_no_name(self, said: str) -> None:
        """R-19: PostgreSQL refuses a NUL as text."""
        assert queries.demarche_named(said) is None
        assert list(queries.demarches(said)) == []

    def test_finds_what_it_names(self) -> None:
        first = queries.demarches("argent")[0]
        assert queries.demarche_named(first.slug) == first


class TestDescribeScope:
    def test_says_a_demarche_in_the_words_shown(self) -> None:
        found = queries.describe_scope("demarche:declaration-revenus")

        assert found.theme == "argent"
        assert found.title == "Déclarer ses revenus"
        assert "déclarer des revenus" in found.grave_labels
        assert found.franceconnect

    def test_says_a_theme(self) -> None:
        found = queries.describe_scope("theme:social")

        assert (found.theme, found.pictogram) == ("social", "social")
        assert found.examples

    def test_refuses_what_the_catalogue_never_held(self) -> None:
        with pytest.raises(Demarche.DoesNotExist):
            queries.describe_scope("demarche:inconnue")

    def test_says_many_in_two_queries(self, django_assert_num_queries: object) -> None:
        scopes = ["demarche:ameli-css", "theme:argent", "demarche:parcoursup"]

        with django_assert_num_queries(2):  # type: ignore[operator]  # the fixture of pytest-django
            found = queries.describe_scopes(scopes)

        assert [row.scope for row in found] == scopes


class TestThemeKey:
    def test_is_read_from_the_catalogue(self) -> None:
        assert queries.theme_key("demarche:parcoursup") == "famille"
        assert queries.theme_key("theme:famille") == "famille"


class TestOverlapping:
    def test_reads_the_themes_from_the_catalogue(self) -> None:
        assert queries.overlapping(["theme:argent", "demarche:avis-imposition"])
        assert not queries.overlapping(["theme:argent", "demarche:ameli-css"])


class TestPlaceName:
    def test_names_communes_and_countries(self, villeurbanne: Commune) -> None:
        assert queries.place_name("69266") == villeurbanne.name
        assert queries.place_name("99350") == "Maroc"

    def test_leaves_an_unknown_code_as_it_is(self) -> None:
        assert queries.place_name("00000") == "00000"
        assert queries.place_name("99999") == "99999"


class TestSearchCommunes:
    def test_wants_two_letters(self, villeurbanne: Commune) -> None:
        assert queries.search_communes("v") == []
        assert queries.search_communes("Vi") == [villeurbanne]

    def test_reads_a_postcode(self, villeurbanne: Commune) -> None:
        assert queries.search_communes("69100") == [villeurbanne]
        assert queries.search_communes("6910") == []


class TestConstraints:
    def test_refuse_an_eleventh_theme(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Theme.objects.create(key="autre", title="Autre", description="", pictogram="", order=11)

    def test_refuse_a_private_body_behind_franceconnect(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Demarche.objects.create(
                slug="x", theme=Theme.objects.get(key="argent"), name="x", description="x",
                service="x", franceconnect=True, private=True, search_text=fold("x"),
            )  # fmt: skip
