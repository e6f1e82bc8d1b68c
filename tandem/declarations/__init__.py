"""Declarations that come back: the former one beside, where each value comes from, read back before it leaves.

Words: Declaration (of one période), Value (one line of it), correction (sent again because the first was wrong).
"""
