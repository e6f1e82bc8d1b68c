"""Pages of the road of paper."""
