"""Letters written with the person, and post opened together: what it means, what to do next, by when.

Words: Lettre (its versions), Modele (a letter ready to fill), Courrier.
"""
