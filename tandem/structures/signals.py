"""What structures tell the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `structure` and `at`, inside the transaction that closes a structure.
structure_closed = Signal()
