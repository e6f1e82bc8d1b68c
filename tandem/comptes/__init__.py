"""Who logs in: compte, factors, sessions, gesture.

Longer than 3,000 lines: the entrance, the factors, the sessions and the way back to a lost access
check one another at each step; two rooms would hold each other's secrets.

Words: Compte, factor, gesture (a second factor bound to one act and used once).
"""
