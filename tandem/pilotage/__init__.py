"""Counts: how many people were helped, how, for what, month by month. Room of the house.

A month is counted once, when it is over, then it stays: what is erased later changes no figure already given.
No count names a person nor an aidant (P-19); what is under eleven is not shown (S-54). Words: statistique, mois.
"""
