"""Is every entry of the catalogue a crater? Tiles, a classifier, and what it says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from PIL import Image

from ejmap_assets import partitions
from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.craters.tile_regions import FOLDS
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.whole_file import whole_file, whole_folder
from ejmap_project.artefact import Artefact, Facts, Picture, known_numbers
from ejmap_project.digest import content_version
from ejmap_project.figures import training_curve
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.settings.vetting import VettingSettings
from ejmap_project.vetting.candidates import candidate_table, doubtful_words, held_out
from ejmap_project.vetting.gathering import gather_tiles
from ejmap_project.vetting.vetting_choice import (
    classifier_config,
    classifier_version,
    require_known_names,
    required_vetting,
)
from ejmap_project.vetting.vetting_pictures import Film, examples, least_sure
from ejmap_project.vetting.vetting_tables import STATUSES
from ejmap_project.vetting.vetting_tiles import CATALOGUE, IS_CRATER, IS_OTHER, VettingTiles

if TYPE_CHECKING:
    from ejmap_ml.sgan.crossfit import CrossFit

SHOWN = ["crater_id", "name", "score", "status", "reason", "radius_m", "lon_deg", "lat_deg"]


def fold_name(number: int) -> str:
    """Return the folder, in that of a version, of the classifier that a region tests."""
    return f"fold_{number}"


@project_asset(group="vetting", kinds={"numpy", "parquet"}, kind="prepare")
def crater_tiles(making: Making) -> Artefact:
    """Tiles around craters of the catalogue, around those that are learnt from, and beside them.

    Each is centred on a crater, or on a place of the same size that no catalogued rim crosses, in a
    projection of its own, 2.2 diameters wide unless set otherwise, and turned so that the light
    comes from the left. Blocks of longitude say which of three classifiers is tested with a tile;
    tiles that share ground with one that is tested do not train. The azimuth of the light on the
    ground is stored with every tile. Made where the settings have a section ``vetting``.
    """
    # Also asked by the scores; here already, because a slip should not cost a training first.
    require_known_names(making.project)
    making.progress.say("cutting tiles around craters and beside them")
    found = gather_tiles(making.project)
    found.save(making.paths)
    partitions.register_version(
        making.instance,
        versions_name=partitions.CLASSIFIER_VERSIONS_NAME,
        version=classifier_version(making.project),
    )
    table = found.table
    plain = pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)
    return Artefact(
        content=content_version(plain, found.tiles.values, str(found.tiles.light_from_deg)),
        metadata={
            "tiles": len(table),
            "craters_to_learn_from": int((found.label == IS_CRATER).sum()),
            "crater_free_places": int((found.label == IS_OTHER).sum()),
            "entries_of_the_catalogue": int((table["kind"] == CATALOGUE).sum()),
            "light_azimuth_deg": _light_words(required_vetting(making.project).light_azimuth_deg),
            "side_px": found.tiles.side_px,
            "train_and_test_tiles": [[len(fold.trains), len(fold.tests)] for fold in found.folds],
            "path": str(making.paths.crater_tiles),
            "picture": Picture(examples(found), alt="tiles of craters, and of other ground"),
        },
        table=table,
    )


@project_asset(group="vetting", kinds={"pytorch"}, kind="train")
def crater_classifier(making: Making) -> Artefact:
    """A version of the classifier that tells craters from other ground.

    A semi-supervised GAN: few labels, and every other tile without one, against a generator. Three
    classifiers each learn from two thirds of the regions and are tested on the last; their scores
    are calibrated together, so that of these tiles (half of them craters) that score .8 four in
    five are craters. A fourth learns from all, for tiles of other ground. The pictures are what the
    generator makes, a row an epoch; it teaches the classifier, and promises no realistic craters.
    """
    from ejmap_ml.sgan.crossfit import fit_crosswise

    version = making.partition or ""
    vetting = required_vetting(making.project)
    found = VettingTiles.load(making.paths)
    config = classifier_config(making.project, version)
    film = Film(config.side_px)
    cross = fit_crosswise(
        config,
        found.tiles,
        found.label,
        folds=found.folds,
        seed=vetting.seed,
        inputs=making.recipe.input_versions,
        on_picture=film,
        report=making.progress.say,
    )
    numbers = held_out(cross.members, found).numbers
    path = making.paths.crater_classifier(version)
    with whole_folder(path) as folder:
        film.save(folder / "epochs")
        named = {fold_name(number): one for number, one in enumerate(cross.members)}
        for name, classifier in {"whole": cross.classifier, **named}.items():
            stamp = classifier.provenance.model_copy(update={"scores": numbers})
            replace(classifier, provenance=stamp).save(folder / name)
    return _trained(making, cross, numbers, film)


@project_asset(group="vetting", kinds={"parquet", "csv"}, kind="map")
def crater_candidates(making: Making) -> Artefact:
    """How sure a classifier is that each entry of the catalogue is a crater.

    Every entry is scored by a classifier that learnt from other regions, so that none has learnt
    the entry itself by heart. A score is a probability among as many craters as crater-free
    places; in a catalogue, where most are craters, more are than it says. Doubtful are warned of;
    with ``vetting.hold_back`` they are not mapped by themselves until somebody accepts them
    (``vetting.accepted``) or corrects the catalogue. The picture shows the least sure.
    """
    from ejmap_ml.sgan.classifier import CraterClassifier

    paths, vetting = making.paths, required_vetting(making.project)
    require_known_names(making.project)
    version, found = classifier_version(making.project), VettingTiles.load(paths)
    folder = paths.crater_classifier(version)
    members = [CraterClassifier.load(folder / fold_name(number)) for number in range(FOLDS)]
    said = held_out(members, found, any_light=vetting.any_light)
    table = candidate_table(
        making.project.craters(),
        found,
        said,
        vetting=vetting,
        basemap=basemap_grid_of(paths.basemap_mosaic, body=making.settings.planet),
        version=version,
    )
    write_table_and_csv(table, paths.crater_candidates)
    sheet = least_sure(found, said, stretch=members[0].config.stretch)
    with whole_file(paths.least_sure) as unfinished:
        Image.fromarray(sheet).save(unfinished)
    return Artefact(
        content=content_version(pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)),
        metadata={
            **_counted(table, vetting),
            "classifier": version,
            "test_accuracy": said.numbers["test_accuracy"],
            "learnt_from": _learnt_from(found),
            "light_azimuth_deg": _light_words(vetting.light_azimuth_deg),
            "least_sure": _least_first(table),
            "path": str(paths.crater_candidates),
            "picture": Picture(sheet, alt="the least sure entries of the catalogue"),
        },
        table=table,
    )


def _trained(
    making: Making, cross: "CrossFit", numbers: Mapping[str, float], film: Film
) -> Artefact:
    whole, path = cross.classifier, making.paths.crater_classifier(making.partition or "")
    versions = [one.data_version for one in (whole, *cross.members)]
    return Artefact(
        content=content_version(*versions),
        metadata={
            **numbers,
            "labels": whole.provenance.samples or 0,
            "steps": whole.provenance.steps or 0,
            "weights": sum(value.numel() for value in whole.weights.values()),
            "seed": whole.provenance.seed or 0,
            "calibration_slope": cross.calibration.slope,
            "calibration_offset": cross.calibration.offset,
            "light_azimuth_deg": _light_words(required_vetting(making.project).light_azimuth_deg),
            "configuration": whole.config.model_dump(mode="json"),
            "path": str(path),
            "picture": training_curve(cross.history),
            **film.shown,
        },
    )


def _counted(table: pd.DataFrame, vetting: VettingSettings) -> Facts:
    counts = table["status"].value_counts()
    return {
        "entries": len(table),
        **{name.replace(" ", "_"): int(counts.get(name, 0)) for name in STATUSES},
        "doubtful_below": vetting.doubtful_below,
        "doubtful_entries": doubtful_words(table) or "none",
        "doubtful_are_held_back": vetting.hold_back,
        **known_numbers({"median_score": float(table["score"].median())}),
    }


def _least_first(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table[SHOWN]).sort_values("score", kind="stable")


def _learnt_from(found: VettingTiles) -> str:
    craters, others = (int((found.label == one).sum()) for one in (IS_CRATER, IS_OTHER))
    unlabelled = len(found.label) - craters - others
    return f"{craters} craters, {others} crater-free places, {unlabelled} tiles without a label"


def _light_words(light_azimuth_deg: float | None) -> str:
    if light_azimuth_deg is None:
        return "not known; tiles are not turned"
    return f"{light_azimuth_deg:g}; tiles are turned so that it comes from the left"
