"""Reads of mandats; every entry point for a view takes the acteur."""

from tandem.mandats.queries.lines import as_lines, live_lines, wanted_lines
from tandem.mandats.queries.mandats import (
    accounts_owed,
    autorisations_visible_to,
    mandats_found,
    mandats_listed,
    mandats_visible_to,
    usages_visible_to,
)
from tandem.mandats.queries.papers import EXPLANATION, kinds_of
from tandem.mandats.queries.uses import (
    CONDITIONS,
    autorisations_usable,
    fresh_confirmation,
    needs_confirmation,
    use_refusal,
)
from tandem.mandats.queries.verification import (
    Status,
    VerificationResult,
    code_words,
    mandat_of_code,
    verification,
)

__all__ = [
    "CONDITIONS",
    "EXPLANATION",
    "Status",
    "VerificationResult",
    "accounts_owed",
    "as_lines",
    "autorisations_usable",
    "autorisations_visible_to",
    "code_words",
    "fresh_confirmation",
    "kinds_of",
    "live_lines",
    "mandat_of_code",
    "mandats_found",
    "mandats_listed",
    "mandats_visible_to",
    "needs_confirmation",
    "usages_visible_to",
    "use_refusal",
    "verification",
    "wanted_lines",
]
