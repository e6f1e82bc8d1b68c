"""What a person came for, and what became of it: the notebook, simple help, démarches followed to their end.

Words: Besoin (their words, first), Aide (simple help, of nobody), Relais (handed to a colleague), DemarcheSuivie
(a démarche until its end), Etape, Piece, Depot (sent, with its receipt), Brouillon (what is being typed).

Longer than 3,000 lines: a besoin, the démarches opened from it and what is handed over are seen, named and erased
together, in one act; cut between them, two rooms would hold each other's keys.
"""
