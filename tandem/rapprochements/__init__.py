"""The same person twice: two files of one structure, found, brought together, and separated again.

Words: Rapprochement, Likeness, Distinction; kept and merged.

Rooms above hang rows on a person: each says in its `apps.py` what follows (`moving.follows`) or stays, and why.
"""
