"""A project from a published EJMAP folder: listed, checked, and made whole or not at all."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.whole_file import whole_folder, write_text
from ejmap_ml.config.bands import MERCURY_ENHANCED
from ejmap_ml.config.model_config import ModelConfig, preset_names, to_yaml
from ejmap_project.errors import SettingsError
from ejmap_project.intake.import_plan import Plan, Wishes, plan_of
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.paths import ModelKind
from ejmap_project.published.grid import published_grid
from ejmap_project.published.inventory import hyperparameter_tables, take_inventory
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.presets import InputSizes, config_of, preset_texts, read_tables
from ejmap_project.settings.project import ProjectPaths, load_project
from ejmap_project.sources.published_check import check_published

Tell = Callable[[str], None]
METHOD = """\
method:                  # as published; the other word is how EJMAP does it elsewhere
  ensemble: votes        # half of the members' own masks set a pixel; or mean-probability
  normalization: split   # one for all members of a split; or member, from the tiles that train it
  validation: each-class # at least one tile of each class validates; or overall, only the share
  denoising: sides       # pixels hang together by sides, also at the edge; or corners
  annulus: rim-buffers   # buffers of the true rim bound the annulus; or circles\
"""


def list_folder(folder: Path, *, tables: Path | None, tell: Tell) -> None:
    """Say what a published folder holds, what it lacks and what that rules out.

    Raises:
        SourceError: If it is no such folder, or a link leads out of it.
    """
    for line in take_inventory(PublishedFolder.at(folder), tables=tables).lines():
        tell(line)


def import_folder(folder: Path, project: Path, *, wishes: Wishes, tell: Tell) -> None:
    """Make a project of a published folder; the folder is only read.

    Settings name the folder, presets and imported weights lie in the project; craters, masks,
    tiles and splits are read by the assets when the project is run.

    Args:
        folder: The published folder.
        project: Folder to make.
        wishes: What the project should take.
        tell: Receives the lines that people read.

    Raises:
        GeoError: If a raster or the crater table does not fit.
        MlError: If weights, norms or hyperparameters do not fit each other.
        SettingsError: If the project is there already.
        SourceError: If a table does not fit, or what was asked for is not there.
    """
    list_folder(folder, tables=wishes.tables, tell=tell)
    if project.exists():
        raise SettingsError(f"{project} is there already; name another with --project")
    published = PublishedFolder.at(folder)
    for note in check_published(published, body=MERCURY, mosaic=wishes.mosaic):
        tell(f"note     {note}")
    plan = plan_of(published, wishes)
    for note in plan.notes:
        tell(f"note     {note}")
    with whole_folder(project) as scratch:
        paths = ProjectPaths(scratch)
        configs = _write_presets(published, paths, plan=plan, wishes=wishes, tell=tell)
        _write_weights(paths, plan=plan, configs=configs, doi=wishes.doi, tell=tell)
        text = _settings(folder, plan, wishes)
        write_text(paths.settings, text)
        load_project(scratch)


def _write_presets(
    published: PublishedFolder, paths: ProjectPaths, *, plan: Plan, wishes: Wishes, tell: Tell
) -> dict[ModelKind, ModelConfig]:
    """Write every published version as a preset, and return the configurations of the plan."""
    basemap = published_grid(published, body=MERCURY, mosaic=wishes.mosaic)
    sizes = InputSizes.of(published, basemap)
    tables = read_tables(hyperparameter_tables(published, wishes.tables), sizes)
    for table in tables.values():
        for sentence in table.broken.values():
            tell(f"note     {sentence}")
    configs: dict[ModelKind, ModelConfig] = {
        kind: config_of(name, tables, kind=kind, sizes=sizes)
        for kind, name in plan.models.items()
        if kind in plan.weights or name not in preset_names()
    }
    texts = {config.name: to_yaml(config) for config in configs.values()} | preset_texts(tables)
    for name, text in texts.items():
        write_text(paths.preset(name), text)
    if texts:
        tell(f"presets  {len(texts)} versions in models/")
    return configs


def _write_weights(
    paths: ProjectPaths,
    *,
    plan: Plan,
    configs: Mapping[ModelKind, ModelConfig],
    doi: str,
    tell: Tell,
) -> None:
    for kind, found in plan.weights.items():
        from ejmap_ml.published.checkpoint import bundle_from_checkpoint
        from ejmap_ml.published.norm_file import read_norm

        key = ModelVersion(found.name, plan.split).key
        normalization = read_norm(found.norm)
        for iteration, path in enumerate(found.checkpoints):
            bundle = bundle_from_checkpoint(
                path,
                configs[kind].reading(MERCURY_ENHANCED),
                normalization=normalization,
                source=doi,
            )
            bundle.save(paths.model_bundle(kind, version=key, iteration=iteration))
            tell(f"weights  {found.name}, member {iteration + 1} of {len(found.checkpoints)}")


def _settings(folder: Path, plan: Plan, wishes: Wishes) -> str:
    """Return the text of ``project.yaml``; JSON is YAML on one line."""
    mosaic = None if wishes.mosaic is None else str(wishes.mosaic.resolve())
    tables = None if wishes.tables is None else str(wishes.tables.resolve())
    training = ["  kind: own-masks        # the manual masks of the folder"]
    if not plan.learns_from_masks:
        training = ["  kind: synthetic        # the folder holds no masks", "  seeds: [1, 2, 3]"]
    lines = [
        "# A project of a published EJMAP folder, see docs/data.md. Every line may be changed;",
        "# `ejmap run` then redoes only what the change concerns.",
        "",
        "body: Mercury",
        "bands: mercury-enhanced  # PC2, PC1, 430/1000 nm: what published weights read",
        "",
        "source:",
        "  kind: ejmap-folder",
        f"  folder: {json.dumps(str(folder.resolve()))}  # read, never changed",
        f"  doi: {json.dumps(wishes.doi)}  # where it was published",
        f"  mosaic: {json.dumps(mosaic)}  # taken instead of the folder's",
        f"  tables: {json.dumps(tables)}  # folder of the hyperparameter tables",
        f"  connections: {json.dumps(plan.connections)}  # VERSION/SPLIT; null asks EJCONN instead",
        f"  masks_run: {json.dumps(wishes.masks_run)}  # a run in output_masks; null maps anew",
        "  # masks: masks        # folder of mask_NNNN.tif that take the place of manual masks",
        "  # tiles: tiles.gpkg   # rectangles added to the labelled tiles (docs/data.md)",
        "",
        "training:",
        *training,
        "",
        "splits:",
        "  count: 0               # random splits beside the published ones",
        f"  used: {json.dumps(plan.split)}  # its test tiles are held back and scored",
        "",
        "models:",
        f"  ejconn: {plan.models['ejconn']}",
        f"  ejseg: {plan.models['ejseg']}",
        f"  ejconn_iterations: {plan.members('ejconn')}",
        f"  ejseg_iterations: {plan.members('ejseg')}",
        "  seed: 0",
        "",
        "mapping:",
        "  denoise_px: 0          # removes islands and holes of fewer pixels; published: 100",
        "",
        METHOD,
    ]
    return "\n".join(lines) + "\n"
