"""Files that ``project.yaml`` names for what is measured of the map, checked before it is made."""

from functools import partial

from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.model_ages import counted_craters
from ejmap_project.planetwide.user_rasters import fields_of
from ejmap_project.sources.mistakes import attempt


def require_stated_files(project: OpenProject) -> None:
    """Read the table of counted craters, and how the other rasters lie on the planet.

    Raises:
        SourceError: If some of them cannot be read; all mistakes at once.
    """
    wrong: list[str] = []
    attempt(wrong, partial(fields_of, project))
    if project.settings.analysis.counted_craters is not None:
        attempt(wrong, partial(counted_craters, project))
    if wrong:
        raise SourceError("; and ".join(wrong))
