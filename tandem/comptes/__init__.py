"""Who logs in: compte, factors, sessions, gesture.

Words: Compte, factor, gesture (a second factor bound to one act and used once).
"""
