"""Pure rules of the provider: choices, the protocol itself, signatures. No database, no clock."""
