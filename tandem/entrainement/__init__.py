"""Practice: a sandbox of one's own, with people who do not exist; nothing leaves it (A-14). Room of the house.

Words: entraînement.
"""
