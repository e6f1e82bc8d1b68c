"""Pages that weave rooms: public home, aidant's home, the person's page.

Words: home, person's page.
"""
