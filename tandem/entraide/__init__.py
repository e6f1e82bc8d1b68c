"""« J’ai besoin d’aide »: an aidant calls a colleague to the very page they are on (A-15). Room of the house.

A call names a page, never a person. Words: appel.
"""
