"""Stand-ins for development and the demonstration: nothing here leaves the repository, nothing here is real.

They know nothing of the house: they speak to it as strangers do, by its pages and its protocol.
"""
