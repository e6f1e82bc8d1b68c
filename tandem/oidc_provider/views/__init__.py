"""Doors for machines (protocol) and pages for aidants (pages)."""
