"""What usagers tell the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `usager` and `at`, inside the transaction that erases a person: each room above erases its own.
usager_erased = Signal()
# Sent with `usager`, `acteur` and `at`, inside the transaction that records a death: what the person had given ends.
usager_died = Signal()
# Sent with `usager`, inside the transaction that writes their names or their birthdate: what finds them follows.
usager_named = Signal()
