"""A project's results in the layout of the published EJMAP folder."""
