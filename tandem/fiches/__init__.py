"""Practice sheets, one per démarche, written by aidants of every structure: traps, limits, whom to call.

Words: Fiche, Version (a text that never changes), Thanks, Change (« ça a changé »: a report, then an alert).
"""
