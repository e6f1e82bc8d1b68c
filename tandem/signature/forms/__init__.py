"""Forms of a draft: strings into values; they never save."""
