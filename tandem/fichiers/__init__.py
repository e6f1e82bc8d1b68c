"""Keeps files encrypted, in chunks, in a folder.

Words: StoredFile, store_file, open_file.
"""
