"""The evidence journal: append-only, chained, without any personal value.

Words: Event, Author, Subject, Entry, chain, checkpoint.
"""
