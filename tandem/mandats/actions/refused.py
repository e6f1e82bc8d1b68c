"""What every action of mandats refuses with."""

from tandem.kernel.refusals import Refusal


class MandatRefused(Refusal):
    """The act on a mandat cannot be done; the message says why."""

    code = "mandat_refused"


class NotAllowed(MandatRefused):
    """The acteur may not do this."""

    status = 403
    code = "forbidden"


class IdentityRefused(MandatRefused):
    """The identity received cannot sign this mandat; the message says what to do."""

    code = "identity"
