"""Whether the polar views of a project are like those that its EJSEG learned from."""

from collections.abc import Iterator
from typing import NamedTuple

from ejmap_ml.bundles.bundle_files import read_view_ranges
from ejmap_ml.ejseg.view_ranges import UnlikeViews
from ejmap_ml.ejseg.view_statistics import view_statistics
from ejmap_project.models.promotion_record import mapping_ensemble
from ejmap_project.models.stored_ensemble import member_folder
from ejmap_project.open_project import OpenProject

# A median of so many craters says what the mosaic is like; all of a large catalogue take minutes.
MOST_VIEWS = 64


class ViewComparison(NamedTuple):
    """How many views were compared, and in which numbers they are unlike those of training."""

    views: int
    unlike: list[UnlikeViews]


def compare_views(project: OpenProject) -> ViewComparison | None:
    """Compare views of the craters, spread over the catalogue, with those of training.

    Returns:
        None if the EJSEG that maps the craters does not say what it learned from, or none of the
        craters has a polar view.

    Raises:
        BundleError: If the file of the ensemble cannot be read.
        TileStoreError: If a tile store cannot be read.
    """
    note = mapping_ensemble(project, "ejseg")
    if note is None:
        return None
    ranges = read_view_ranges(member_folder(project.paths.stored_ensemble("ejseg", note.digest), 0))
    statistics = list(_statistics(project)) if ranges is not None else []
    if ranges is None or not statistics:
        return None
    return ViewComparison(len(statistics), ranges.unlike(statistics))


def _statistics(project: OpenProject) -> Iterator[dict[str, float]]:
    from ejmap_ml.ejseg.polar_data import GROUP, VIEW
    from ejmap_ml.stores.tile_group import TileStore

    paths = [path for key in project.craters() if (path := project.paths.tile_store(key)).exists()]
    for path in paths[:: -(-len(paths) // MOST_VIEWS) or 1]:
        store = TileStore.open(path)
        if GROUP in store.group_names:
            yield view_statistics(store[GROUP].read(VIEW)[0])
