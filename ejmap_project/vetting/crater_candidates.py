"""The catalogue with a score for each entry, as an artefact: judged, written and pictured."""

import pandas as pd
from PIL import Image

from ejmap_geo.craters.tile_regions import FOLDS
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.whole_file import whole_file
from ejmap_project.artefact import Artefact, Facts, Picture, known_numbers
from ejmap_project.digest import content_version
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.vetting import VettingSettings
from ejmap_project.vetting.candidates import candidate_table, doubtful_words, held_out
from ejmap_project.vetting.crater_classifier import fold_name
from ejmap_project.vetting.vetting_choice import (
    classifier_version,
    light_words,
    require_known_names,
    required_vetting,
)
from ejmap_project.vetting.vetting_pictures import least_sure
from ejmap_project.vetting.vetting_tables import STATUSES
from ejmap_project.vetting.vetting_tiles import IS_CRATER, IS_OTHER, VettingTiles

SHOWN = ["crater_id", "name", "score", "status", "reason", "radius_m", "lon_deg", "lat_deg"]


def score_catalogue(project: OpenProject) -> Artefact:
    """Write how sure a classifier is that each entry of the catalogue is a crater.

    Raises:
        BundleError: If a classifier is missing, incomplete or was altered.
        StepError: If tiles are missing, or the catalogue is not vetted.
    """
    from ejmap_ml.sgan.classifier import CraterClassifier

    paths, vetting = project.paths, required_vetting(project)
    require_known_names(project)
    version, found = classifier_version(project), VettingTiles.load(paths)
    folder = paths.crater_classifier(version)
    members = [CraterClassifier.load(folder / fold_name(number)) for number in range(FOLDS)]
    said = held_out(members, found, any_light=vetting.any_light)
    table = candidate_table(
        project.craters(),
        found,
        said,
        vetting=vetting,
        basemap=basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet),
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
            "light_azimuth_deg": light_words(project),
            "least_sure": pd.DataFrame(table[SHOWN]).sort_values("score", kind="stable"),
            "path": str(paths.crater_candidates),
            "picture": Picture(sheet, alt="the least sure entries of the catalogue"),
        },
        table=table,
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


def _learnt_from(found: VettingTiles) -> str:
    craters, others = (int((found.label == one).sum()) for one in (IS_CRATER, IS_OTHER))
    unlabelled = len(found.label) - craters - others
    return f"{craters} craters, {others} crater-free places, {unlabelled} tiles without a label"
