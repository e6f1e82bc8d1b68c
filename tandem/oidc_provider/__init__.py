"""Identity provider towards FranceConnect: the aidant connects in the usager's name.

Words: RelyingParty, Transaction, code, token, signing key.
"""
