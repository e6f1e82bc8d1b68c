"""The heart: what an usager allows a structure to do, and every use of it.

Words: Mandat, Autorisation, Usage, Draft, snapshot, seal. Longer than 3,000 lines: the agreement, its uses and
its papers share one snapshot and one lock on the person; half of it is the wizard and the documents, which
nothing else imports.
"""
