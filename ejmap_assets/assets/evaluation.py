"""How good the map is, where that can be known."""

import numpy as np
import pandas as pd

from ejmap_assets.making.declare import Making, project_asset
from ejmap_ml.bundles.reliability import error_of, reliability
from ejmap_project.artefact import Artefact, Facts, known_numbers
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.figures import reliability_plot, score_bars
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.scoring.map_agreement import (
    CHAIN,
    POOLED,
    ScoreRow,
    score_chain,
    score_rules,
    score_table,
)
from ejmap_project.settings.project import OwnMasks


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def evaluation(making: Making) -> Artefact:
    """Agreement of the map with known ejecta.

    Pixels of all craters pooled and crater by crater, connected tiles and how often their
    probability comes true, and whether ejecta carry the right crater of origin; beside it three
    rules on brightness and distance, tuned on the training craters. Empty when nothing is known, or
    only inside labelled tiles: map_scores judges those.
    """
    project, paths = making.project, making.paths
    basemap = read_project_basemap(project)
    craters = project.craters()
    actual = MaskFolder.of(craters, paths.manual_mask, basemap.grid)
    predicted = MaskFolder.of(craters, paths.basemap_mask, basemap.grid).readable()
    rows: list[ScoreRow] = []
    said = reliability(np.zeros(0), np.zeros(0, np.bool_))
    if actual and making.settings.source.traits.is_known_everywhere:
        making.progress.say("comparing masks with known ejecta")
        chain = score_chain(project, basemap, predicted=predicted, actual=actual)
        rows += chain.rows
        said = chain.reliability
        making.progress.say("tuning brightness and distance rules")
        rows += score_rules(project, basemap, actual=actual)
    write_table_and_csv(score_table(rows), paths.scores)
    write_table_and_csv(said, paths.reliability)
    if not rows:
        return Artefact(
            content=content_version("nothing is known"),
            metadata={
                "known_craters": 0,
                "nothing_to_score": (
                    "ejecta are known inside labelled tiles only; see map_scores"
                    if actual
                    else "no ejecta of this planet are known; see ejecta_contrast"
                ),
                "path": str(paths.scores),
            },
        )
    version = content_version(score_table(rows).to_csv(index=False))
    return Artefact(
        content=version, metadata=_metadata(rows, making, said), table=score_table(rows)
    )


def _metadata(rows: list[ScoreRow], making: Making, said: pd.DataFrame) -> Facts:
    pooled = [row for row in rows if row.crater == POOLED]
    chain = next(row for row in pooled if row.method == CHAIN)
    best_rule = max(row.pixel_f1 for row in pooled if row.method != CHAIN)
    by_crater = [row for row in rows if row.crater != POOLED]
    numbers = {
        "pixel_f1": chain.pixel_f1,
        "tile_f1": chain.tile_f1,
        "origin_accuracy": chain.origin_accuracy,
        "claim_precision": chain.claim_precision,
        "best_rule_pixel_f1": best_rule,
        "lead_over_best_rule": chain.pixel_f1 - best_rule,
        "tile_calibration_error": error_of(said),
        "median_crater_f1": float(pd.Series([row.pixel_f1 for row in by_crater]).median()),
    }
    return {
        "known_craters": len(by_crater),
        **known_numbers(numbers),
        # With own masks the same craters teach and test: then these are scores of training.
        "craters_were_seen_in_training": isinstance(making.settings.training, OwnMasks),
        "methods": score_table(pooled).drop(columns=["crater"]),
        "craters": score_table(by_crater).drop(columns=["method", "setting"]),
        "path": str(making.paths.scores),
        "picture": score_bars(
            {row.method: row.pixel_f1 for row in pooled}, what="F1 of pixels, all craters pooled"
        ),
        "reliability": reliability_plot(said),
    }
