"""Settings that the map and what is measured of it depend on; see recipe_settings."""

import glob

from ejmap_geo.rasters.sidecars import files_of
from ejmap_project.manual_maps.whole_maps import named_map_files
from ejmap_project.map_page.bundle import bundle_version
from ejmap_project.open_project import OpenProject
from ejmap_project.recipe_settings import of_masks, stamps_of, training_kind
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.mask_files import MASK_NAMES
from ejmap_project.vetting.vetting_choice import held_back


def of_map(project: OpenProject, _: str) -> object:
    """The craters that vetting holds back; None if it holds back none."""
    return sorted(held_back(project)) or None


def of_map_table(project: OpenProject, partition: str) -> object:
    """Whom the map leaves out, and who has a mask of a person, which its table tells.

    No input of the map: without the masks, or with a damaged one, it is drawn all the same.
    """
    left_out = of_map(project, partition)
    if not project.settings.source.traits.holds_masks:
        return left_out
    labelled = sorted(project.paths.manual_masks.glob(MASK_NAMES))
    return [left_out, [one.name for one in labelled]]


def of_manual_comparison(project: OpenProject, _: str) -> object:
    """The files of whole manual maps."""
    return [str(project.settings.analysis.manual_maps), stamps_of(named_map_files(project))]


def of_member_maps(project: OpenProject, partition: str) -> object:
    """The stated variants of the map, and the rule by which members make a mask."""
    stated = [one.model_dump(mode="json") for one in project.settings.analysis.maps]
    return [stated, of_masks(project, partition), training_kind(project)]


def of_comparison(project: OpenProject, _: str) -> object:
    """The files of published scores; None if none are published, empty if they are missing."""
    scores = source_of(project).files().scores
    return None if scores is None else stamps_of(scores)


def of_page(project: OpenProject, partition: str) -> object:
    """The program of the map page, the bands of the mosaic, and the craters that are held back."""
    return [bundle_version(), project.settings.mosaic_bands, of_map(project, partition)]


def of_exclusion(project: OpenProject, partition: str) -> object:
    """The buffer around ejecta, and the craters that vetting holds back."""
    return [project.settings.analysis.exclusion_buffer_km, of_map(project, partition)]


def of_rasters(project: OpenProject, partition: str) -> object:
    """The rasters that are summarised with their files, and the craters that vetting holds back."""
    stated = {
        name: [one.model_dump(mode="json"), stamps_of(files_of(project.paths.user_file(one.file)))]
        for name, one in project.settings.rasters.items()
    }
    return [stated, of_map(project, partition)]


def of_counted_craters(project: OpenProject, _: str) -> object:
    """The table of counted craters with its files, from which size they count, the chronology."""
    stated = project.settings.analysis
    if stated.counted_craters is None:
        return None
    path = project.paths.user_file(stated.counted_craters)
    stamps = stamps_of(path.parent.glob(f"{glob.escape(path.stem)}.*"))
    return [str(stated.counted_craters), stamps, stated.counted_from_km, stated.chronology]
