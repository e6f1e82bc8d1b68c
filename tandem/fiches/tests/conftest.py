import pytest

from tandem.referentiels.actions import load_catalogue
from tandem.referentiels.models import Theme


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    if not Theme.objects.exists():
        load_catalogue()
