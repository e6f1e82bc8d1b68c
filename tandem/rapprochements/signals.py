"""What rapprochements tell the rooms above (ARCHITECTURE.md lists it)."""

from django.dispatch import Signal

# Sent with `kept` and `merged` before anything moves, and for the page that asks: each room answers the sentences
# that say why the two files cannot be one yet, and what to do.
usagers_compared = Signal()
# Sent with `kept` and `merged`, inside the transaction that brings two files together: each room moves its own rows
# and answers what it moved, as (label, primary key).
usagers_merged = Signal()
# Sent with `kept`, `merged` and `moved`, inside the transaction that separates them: each room moves back its own.
usagers_separated = Signal()
