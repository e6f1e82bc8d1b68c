"""What accompagnements tells the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `demarche_suivie` and `at`, inside the transaction of each act that writes a line of its history:
# the dates that follow from it are computed above.
demarche_changed = Signal()
