"""The accounts a person owns: created or found again with them, never for them. Room of the house.

No code, no identifier, no password has a column here: the person writes them by hand on a slip that leaves with
them (P-12). A mailbox or a number opened at the desk proves nothing (P-14). Words: acces (one account, one road).
"""
