"""Refusals: the expected noes, in French, that a person reads."""


class Refusal(Exception):  # noqa: N818 - a refusal is not an error
    """An act is refused; the message says why and what can be done.

    Each room derives its own beside the action that raises it, and may set
    `status` (403, 404, 409, 422, 429, 503) and `code`. A message never holds a personal value.
    """

    status: int = 409
    code: str = "refusal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refusal):
    """Whoever asks may not do this here."""

    status = 403
    code = "forbidden"
