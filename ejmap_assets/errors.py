"""Errors of the assets layer that a person can mend: what was wrong, what was found, what to do."""


class AssetsError(Exception):
    """Base of every error that ``ejmap_assets`` raises on purpose outside a run."""


class ProjectError(AssetsError, ValueError):
    """A project whose folder or settings are missing, misspelt or contradictory."""


class SourceError(AssetsError, ValueError):
    """Imagery or a table that this installation does not have, or not as expected."""


class ExportError(AssetsError, ValueError):
    """An export that would replace other files, or of something that is not made yet."""
