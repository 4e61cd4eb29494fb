"""The project as a Dagster resource."""

import dagster as dg

from ejmap_project.open_project import OpenProject, project_folder


class ProjectResource(dg.ConfigurableResource[OpenProject]):
    """The folder of the project.

    Attributes:
        folder: Path of the folder; if empty, the environment variable EJMAP_PROJECT; if that is
            not set, projects/demo. Read when a run needs it, never at import.
    """

    folder: str = ""

    def open(self) -> OpenProject:
        """Read the project's settings.

        Raises:
            SettingsError: If there is no project or its settings are invalid.
        """
        return OpenProject.at(project_folder(self.folder))
