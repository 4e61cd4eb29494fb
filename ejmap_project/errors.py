"""Errors of a project that a person can mend: what was wrong, what was found, what to do."""


class ProjectError(Exception):
    """Base of every error about a project that is raised on purpose."""


class SettingsError(ProjectError, ValueError):
    """A project whose folder or settings are missing, misspelt or contradictory."""


class SourceError(ProjectError, ValueError):
    """Imagery or a table that this installation does not have, or not as expected."""


class ExportError(ProjectError, ValueError):
    """An export that would replace other files, or of something that is not made yet."""


class StepError(ProjectError):
    """A step that cannot be made from what is there: said in one sentence, with the remedy."""


class RejectedError(ProjectError, ValueError):
    """A result that a check rejected."""


class ReleaseError(ProjectError, ValueError):
    """A release that cannot be made from what is there, or that is not what it says it is."""


class BackupError(ProjectError, ValueError):
    """A backup that cannot be written or restored."""


class ObjectStoreError(ProjectError):
    """A bucket that cannot be used, or that does not hold what it should."""
