"""New projects: from a person's files, or from a published folder."""
