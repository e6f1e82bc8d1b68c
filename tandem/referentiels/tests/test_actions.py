import time

import pytest
from django.db.models import Model

from tandem.referentiels import actions, queries, sources
from tandem.referentiels.apps import load_references
from tandem.referentiels.models import Commune, Demarche, LoadedData, Theme

pytestmark = pytest.mark.django_db


def count(model: type[Model]) -> int:
    return model._default_manager.count()


@pytest.mark.usefixtures("nothing_loaded")
class TestLoadCatalogue:
    def test_loads_once_per_version(self) -> None:
        assert actions.load_catalogue() is True
        assert actions.load_catalogue() is False

        assert count(Theme) == 10
        assert count(Demarche) == len(sources.catalogue().demarches)

    def test_writes_again_over_an_older_version_without_losing_a_row(self) -> None:
        actions.load_catalogue()
        LoadedData.objects.update(version="older")
        Demarche.objects.filter(slug="ameli-css").update(name="Ancien nom")
        before = dict(Demarche.objects.values_list("slug", "pk"))

        actions.load_catalogue()

        assert dict(Demarche.objects.values_list("slug", "pk")) == before
        assert Demarche.objects.get(slug="ameli-css").name != "Ancien nom"

    def test_keeps_a_demarche_that_left_the_catalogue_but_hides_it(self) -> None:
        actions.load_catalogue()
        LoadedData.objects.update(version="older")
        Demarche.objects.create(
            slug="partie", theme=Theme.objects.get(key="argent"), name="Partie", description="",
            service="", franceconnect=False, private=False, search_text="partie",
        )  # fmt: skip

        actions.load_catalogue()

        assert not Demarche.objects.get(slug="partie").active
        assert not queries.demarches().filter(slug="partie").exists()
        assert queries.describe_scope("demarche:partie").title == "Partie"


class TestLoadCommunes:
    def test_is_fast_and_idempotent(self) -> None:
        start = time.perf_counter()
        assert actions.load_communes() is True
        first = time.perf_counter() - start
        start = time.perf_counter()
        assert actions.load_communes() is False
        again = time.perf_counter() - start

        # Seen: 0.7 s and 1 ms; the bounds only catch a change of nature.
        assert first < 15
        assert again < 0.5
        assert count(Commune) > 36_000
        names = [row.name for row in queries.communes_of_postcode("93200")]
        assert names == ["Saint-Denis"]
        assert queries.search_communes("villeurb")[0].insee == "69266"
        assert "01001" in [row.insee for row in queries.search_communes("01400")]
        assert queries.place_name("69266") == "Villeurbanne"


@pytest.mark.usefixtures("nothing_loaded")
class TestLoadReferences:
    def test_leaves_the_test_database_empty(self) -> None:
        load_references(using="default")

        assert count(Theme) == count(Commune) == 0

    def test_loads_both_elsewhere(self, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.TANDEM_MODE = "demo"  # type: ignore[attr-defined]  # the fixture of pytest-django
        row = sources.CommuneSource("69266", "Villeurbanne", "69100", current=True)
        monkeypatch.setattr(sources, "communes", lambda: iter([row]))

        load_references(using="default")

        assert (count(Theme), count(Commune)) == (10, 1)
