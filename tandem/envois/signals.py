"""What envois tells the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `message` and `at`, inside the transaction that ends a message without delivery.
message_failed = Signal()
