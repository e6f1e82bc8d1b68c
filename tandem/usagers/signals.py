"""What usagers tell the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `usager` and `at`, inside the transaction that erases a person: each room above erases its own.
usager_erased = Signal()
