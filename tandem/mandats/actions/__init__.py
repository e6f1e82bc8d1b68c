"""What people do to mandats."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tandem.comptes.rules import GestureResponse
from tandem.kernel.refusals import Refusal
from tandem.mandats.models import Autorisation, Confirmation, Draft, Mandat, Usage
from tandem.structures.models import Acteur
from tandem.usagers.models import Usager


class MandatRefused(Refusal):
    """The act on a mandat cannot be done; the message says why."""


def sign_mandat(*, acteur: Acteur, draft: Draft, response: GestureResponse, at: datetime) -> Mandat:
    """Sign the draft, once; the same draft signed again gives the same mandat.

    Raises:
        MandatRefused: something changed since the draft was prepared.
        GestureRefused: the second factor was not shown.
    """
    raise NotImplementedError


def revoke_autorisation(
    *, acteur: Acteur, autorisation: Autorisation, at: datetime
) -> Autorisation:
    """End one line, for the person; no reason is asked."""
    raise NotImplementedError


def revoke_mandat(*, acteur: Acteur, mandat: Mandat, at: datetime) -> Mandat:
    """End a whole mandat, for the person; no reason is asked."""
    raise NotImplementedError


def revoke_all(*, acteur: Acteur, usager: Usager, at: datetime) -> list[Mandat]:
    """End every mandat of a person in this structure; gives those that were alive."""
    raise NotImplementedError


def renounce_mandat(
    *, acteur: Acteur, mandat: Mandat, pending: Sequence[str], at: datetime
) -> Mandat:
    """The structure gives the mandat up; `pending` are the scopes that cannot wait (P-18)."""
    raise NotImplementedError


def finish_act(*, acteur: Acteur, mandat: Mandat, at: datetime) -> Mandat:
    """The démarche of a one-act mandat is filed: the mandat closes itself."""
    raise NotImplementedError


def start_renewal(*, acteur: Acteur, mandat: Mandat, at: datetime) -> Draft:
    """A draft with the same lines, to be confirmed afresh by the person; signed by `sign_mandat`."""
    raise NotImplementedError


def record_use(  # noqa: PLR0913 - the facts of one use, each required by P-05 or P-06
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    absence_reason: str,
    service_declared: str,
    relying_party: str,
    transaction: UUID,
    confirmation: Confirmation | None,
    at: datetime,
) -> Usage:
    """Write one use, whatever is retried: the same transaction gives the same row."""
    raise NotImplementedError


def render_account(*, acteur: Acteur, usage: Usage, means: str, text: str, at: datetime) -> Usage:
    """The account of an act in absence reached the person (P-05)."""
    raise NotImplementedError


def record_paper_confirmation(
    *, acteur: Acteur, autorisation: Autorisation, at: datetime
) -> Confirmation:
    """The person signed the paper of the day, and the aidant holds it (P-06)."""
    raise NotImplementedError


def send_confirmation_code(*, acteur: Acteur, autorisation: Autorisation, at: datetime) -> None:
    """Send a code to the person's proven channel, for one line (P-06)."""
    raise NotImplementedError


def record_code_confirmation(
    *, acteur: Acteur, autorisation: Autorisation, code: str, at: datetime
) -> Confirmation:
    """The person gave the code they received: valid a few minutes (P-06)."""
    raise NotImplementedError


def expire_due(*, at: datetime) -> int:
    """End what is past its end; how many mandats."""
    raise NotImplementedError


def announce_endings(*, at: datetime) -> int:
    """Tell usagers that a mandat ends soon, one message per mandat; how many."""
    raise NotImplementedError
