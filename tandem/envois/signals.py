"""What envois tells the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `message` and `at`, inside the transaction that ends a message without delivery.
message_failed = Signal()

# Sent with `about` before a message about someone is queued. A receiver that answers true silences it: nobody is
# there to read it (someone fictitious, A-14).
message_asked = Signal()
