"""What every room stands on and that knows no word of the domain.

Words: PublicIdModel, Privacy, Refusal, clock, encrypted fields, blind index, HTTP client.
"""
