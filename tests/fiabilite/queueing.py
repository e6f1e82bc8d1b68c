"""Puts messages in the outbox, as acts do, and prints their keys: python tests/fiabilite/queueing.py COUNT."""

import sys

import django


def main(count: int) -> None:
    """`count` e-mails, each in a transaction of its own."""
    django.setup()
    from uuid import uuid4

    from tandem.envois.actions import queue_email
    from tandem.kernel import clock

    for number in range(count):
        row = queue_email(
            to=f"personne-{number}@mail.example", subject="Un essai", body="Bonjour.",
            key=f"fiabilite:{uuid4()}", at=clock.now(),
        )  # fmt: skip
        print(row.public_id.hex)


if __name__ == "__main__":
    main(int(sys.argv[1]))
