"""Reference data: thèmes, catalogue of démarches, communes.

Words: Theme, Demarche, Commune.
"""
