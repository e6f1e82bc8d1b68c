"""Pages about a person, by topic."""
