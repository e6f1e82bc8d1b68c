"""Pages of mandats, by topic: wizard.py and identification.py, mandats.py, stops.py, uses.py."""
