"""Releases of the map."""

from ejmap_assets.launch_config import release_fields
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_assets.status.inventory import take_stock
from ejmap_project.artefact import Artefact
from ejmap_project.release.make import AskedRelease, make_release


@project_asset(group="map", kinds={"html", "json"}, kind="map", config=release_fields())
def release(task: ProjectTask) -> Artefact:
    """The map with its tables, models and provenance, frozen as a numbered folder.

    Every materialisation adds a folder to ``data/releases``: read-only files (hard links where the
    disk has them), ``release.json`` with the digest of each file and what everything was made of,
    and ``report.html`` for colleagues. `ejmap release list`, `show`, `diff`, `verify` and `prune`
    read them. A map that is not up to date is refused unless ``allow_stale`` is set.
    """
    return make_release(
        task.project,
        AskedRelease(**task.config),
        lambda: take_stock(task.project, task.instance),
        progress=task.progress,
    )
