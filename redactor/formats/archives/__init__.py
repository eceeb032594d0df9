"""Zip, tar and compressed files: read within bounds, every member by its own format."""
