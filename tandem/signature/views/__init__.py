"""Pages of a draft: wizard.py asks, identification.py signs, renewal.py begins from a mandat."""
