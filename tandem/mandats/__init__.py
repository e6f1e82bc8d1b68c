"""The heart: what an usager allows a structure to do, and every use of it.

Words: Mandat, Autorisation, Usage, Draft, snapshot, seal.
"""
