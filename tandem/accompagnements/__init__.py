"""What a person came for, and what became of it: the notebook, simple help, démarches followed to their end.

Words: Besoin (their words, first), Aide (simple help, of nobody), Relais (handed to a colleague), DemarcheSuivie
(a démarche until its end), Etape, Piece, Depot (sent, with its receipt), Brouillon (what is being typed).
"""
