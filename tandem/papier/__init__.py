"""The road of paper: a mandat signed by hand by someone who has no FranceConnect, and its originals.

Words: sheet (what is printed and signed), mark (of the sheet, or of who cannot write), witness, original (its scan).
What is signed is a mandat like another, of the room below; it never opens FranceConnect (P-32).
"""
