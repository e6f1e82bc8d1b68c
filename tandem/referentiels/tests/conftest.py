"""Every test database holds the catalogue (see conftest.py of the house); here some start before it."""

import pytest

from tandem.referentiels.models import Demarche, LoadedData, Theme


@pytest.fixture
def nothing_loaded(db: None) -> None:
    """As before the first migration."""
    Demarche.objects.all().delete()
    Theme.objects.all().delete()
    LoadedData.objects.all().delete()
