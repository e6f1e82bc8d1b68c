"""The people helped: identity and how sure it is, contact channels, who follows them.

Words: Usager, rung, Channel, Suivi, search.

Longer than 3,000 lines: who the person is, where they are told and what stops everything share one lock on their
row; a channel that changes must be told, and what is told must find the channel.
"""
