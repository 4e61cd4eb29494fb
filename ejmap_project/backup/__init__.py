"""A project and its history of runs as one file: written, and restored elsewhere."""
