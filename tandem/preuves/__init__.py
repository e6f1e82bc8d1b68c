"""What a third party can check: the verification page of a mandat.

Words: verification code.
"""
