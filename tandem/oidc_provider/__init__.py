"""Identity provider towards FranceConnect: the aidant connects in the usager's name.

Words: RelyingParty, Transaction, code, token, signing key. The protocol stands in rules/protocol.py, what may
stop a release in queries/obstacles.py, the three releases (code, token, identity) in actions/.

Longer than 3,000 lines: the pages of the aidant and the doors of the machines share one transaction and one
list of obstacles; two rooms would have to agree on what may be released, and one day would not.
"""
