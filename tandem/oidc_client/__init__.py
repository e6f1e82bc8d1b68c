"""Speaks OpenID Connect to FranceConnect (and later ProConnect) and hands back a verified identity.

Words: profile, attempt, PivotIdentity, VerifiedIdentity.
"""
