"""The project that runs work on, opened when they run."""

import dagster as dg

from ejmap_project.open_project import OpenProject, project_folder


class ProjectResource(dg.ConfigurableResource[OpenProject]):
    """The folder of the project.

    Attributes:
        folder: Path of the folder; empty takes the environment variable EJMAP_PROJECT, and
            projects/demo when that is not set. Read when a run needs it, never at import.
    """

    folder: str = ""

    def open(self) -> OpenProject:
        """Read the project's settings.

        Raises:
            SettingsError: If there is no project or its settings are not valid.
        """
        folder = project_folder(self.folder)
        return OpenProject.at(folder)
