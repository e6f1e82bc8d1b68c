"""Forms of mandats: strings into values; they never save."""
