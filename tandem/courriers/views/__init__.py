"""Pages of letters and post."""
