"""The kinds of sources: the only place that tells them apart."""

from pathlib import Path

from ejmap_project.open_project import OpenProject
from ejmap_project.settings.sources import (
    EjmapFolderSource,
    FilesSource,
    QuicklookSource,
    SyntheticSource,
)
from ejmap_project.sources.source import ProjectSource


def source_of(project: OpenProject) -> ProjectSource:
    """Return the source that a project's settings name; the code of the others is not loaded."""
    match project.settings.source:
        case SyntheticSource() as stated:
            from ejmap_project.sources.synthetic import SyntheticPlanet

            return SyntheticPlanet(project, stated)
        case QuicklookSource() as stated:
            from ejmap_project.sources.quicklook import MercuryQuicklook

            return MercuryQuicklook(stated)
        case FilesSource() as stated:
            from ejmap_project.sources.user_files import UserFiles

            return UserFiles(project, stated)
        case EjmapFolderSource() as stated:
            from ejmap_project.sources.published_study import PublishedStudy

            return PublishedStudy(project, stated)


def named_files(project: OpenProject) -> tuple[Path, ...]:
    """Return the mosaic and the crater table of a project of the user's files; of others, none."""
    stated = project.settings.source
    if not isinstance(stated, FilesSource):
        return ()
    return tuple(project.paths.user_file(path) for path in (stated.mosaic, stated.craters))
