"""What the pages show, each in a fixed number of queries. Every entry point takes the acteur."""

from tandem.espaces.queries.home import Home, Task, TaskKind, home
from tandem.espaces.queries.person import (
    LineShown,
    MandatShown,
    PersonPage,
    UseShown,
    found_beside,
    journal_about,
    lines_about,
    person_page,
)
from tandem.espaces.queries.public import open_structures
from tandem.espaces.queries.sheet import Visit, visit_of

__all__ = [
    "Home", "LineShown", "MandatShown", "PersonPage", "Task", "TaskKind", "UseShown", "Visit", "found_beside", "home",
    "journal_about", "lines_about", "open_structures", "person_page", "visit_of",
]  # fmt: skip
