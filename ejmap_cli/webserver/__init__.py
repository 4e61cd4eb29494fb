"""The webserver of a project: Dagster's pages, guarded, with the pictures of the project."""
