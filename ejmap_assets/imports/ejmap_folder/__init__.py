"""The published EJMAP folder: what lies where in it, and how it becomes the data of a project."""
