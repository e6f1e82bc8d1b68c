"""The heart: what an usager allows a structure to do, and every use of it.

Words: Mandat, Autorisation, Usage, Agreement, snapshot, seal. Longer than 3,000 lines: a use and an end are told apart
under one lock on the person (docs/adr/0011). What leads to a signature is `signature`; its papers, `documents`.
"""
