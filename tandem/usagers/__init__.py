"""The people helped: identity and how sure it is, contact channels, who follows them.

Words: Usager, rung, Channel, Suivi, search.
"""
