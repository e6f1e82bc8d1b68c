"""What aidants write about a person: facts that can be shared, working notes with a short clock, what is secret.

Words: Note, fact, working, secret, NoteVersion (what a note said before).
"""
