"""The way to a signature: a mandat prepared with the person, question by question, until they agree.

Words: Draft, Answers, Step, identification, recap. Ends by one call of mandats.actions.sign_agreement: what was
signed, and what may be done with it, is the room below.
"""
