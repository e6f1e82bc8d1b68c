"""Dates that would cost a right: computed from the sourced catalogue or typed, told in time, never lost from sight.

Words: Echeance (a last useful day, what is lost after it, done or dropped).
"""
