"""Tandem: mandated digital assistance. One folder, one room; see ARCHITECTURE.md."""
