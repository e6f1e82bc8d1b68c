import pytest

from tandem.journal.models import Entry
from tandem.journal.tests.cast import ROSE, SIGNED, write


@pytest.fixture
def signed(db: None) -> Entry:
    """Alice signed a mandat with Rose; the line commits to Rose's name."""
    return write(
        event=SIGNED,
        about=ROSE,
        facts={"scopes": ["theme:argent"], "duree": "an", "days": 365, "paper": False},
        secrets={"name": "Rose Martin", "town": "Lyon"},
    )
