"""Data that others published, brought into the shapes of a project."""
