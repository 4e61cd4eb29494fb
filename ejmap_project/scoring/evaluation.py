"""The map against known ejecta of the planet, beside rules that a person would try first."""

import numpy as np
import pandas as pd

from ejmap_ml.calibration.reliability import error_of, reliability
from ejmap_project.artefact import Artefact, known_numbers
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.figures import distance_reliability_plot, reliability_plot, score_bars
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.models.mapping_models import saw_own_masks
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.scoring.kept_promises import distance_reliability, kept_promises
from ejmap_project.scoring.map_agreement import (
    CHAIN,
    POOLED,
    ScoreRow,
    score_chain,
    score_rules,
    score_table,
)
from ejmap_project.sources.corrected_masks import corrected_keys


def evaluate_map(project: OpenProject, progress: Progress, *, tunes_rules: bool = True) -> Artefact:
    """Score the masks of a project where its ejecta are known; write scores and reliability.

    Both tables are empty where nothing is known, or only the ejecta in labelled tiles.

    Args:
        project: The project.
        progress: Told of what begins.
        tunes_rules: Whether rules are tuned on the training planets, which must be there then, and
            scored beside the map.
    """
    paths = project.paths
    basemap = read_project_basemap(project)
    # What a person corrected is on the map as it was drawn, and says nothing of a model.
    corrected = corrected_keys(project)
    craters = {key: one for key, one in project.craters().items() if key not in corrected}
    actual = MaskFolder.of(craters, paths.manual_mask, basemap.grid)
    predicted = MaskFolder.of(craters, paths.basemap_mask, basemap.grid).readable()
    rows: list[ScoreRow] = []
    said = reliability(np.zeros(0), np.zeros(0, np.bool_))
    if actual and project.settings.source.traits.is_known_everywhere:
        progress.say("comparing masks with known ejecta")
        chain, said = score_chain(project, basemap, predicted=predicted, actual=actual)
        rows = [*chain]
        if tunes_rules:
            progress.say("tuning brightness and distance rules")
            rows += score_rules(project, basemap, actual=actual)
    table = score_table(rows)
    write_table_and_csv(table, paths.scores)
    write_table_and_csv(said, paths.reliability)
    if not rows:
        return _nothing_known(project, is_known_in_tiles=bool(actual))
    is_pooled = table["crater"] == POOLED
    pooled, by_crater = (table[rows].reset_index(drop=True) for rows in (is_pooled, ~is_pooled))
    bands = distance_reliability(project, basemap, actual=actual)
    bars = dict(zip(pooled["method"], pooled["pixel_f1"], strict=True))
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "known_craters": len(by_crater),
            **({"corrected_craters_not_scored": len(corrected)} if corrected else {}),
            **_numbers(pooled, by_crater, said),
            # With own masks the same craters teach and test: then these are scores of training.
            "craters_were_seen_in_training": saw_own_masks(project),
            "path": str(paths.scores),
            "methods": pooled.drop(columns="crater"),
            "craters": by_crater.drop(columns=["method", "setting"]),
            "picture": score_bars(bars, what="F1 of pixels, all craters pooled"),
            "reliability": reliability_plot(said),
            **({"reliability_by_distance": distance_reliability_plot(bands)} if bands else {}),
            **kept_promises(project, basemap, actual=actual),
        },
        table=table,
    )


def _nothing_known(project: OpenProject, *, is_known_in_tiles: bool) -> Artefact:
    return Artefact(
        content=content_version("nothing is known"),
        metadata={
            "known_craters": 0,
            "nothing_to_score": (
                "ejecta are known inside labelled tiles only; see map_scores"
                if is_known_in_tiles
                else "no ejecta of this planet are known; see ejecta_contrast"
            ),
            "path": str(project.paths.scores),
        },
    )


def _numbers(pooled: pd.DataFrame, by_crater: pd.DataFrame, said: pd.DataFrame) -> dict[str, float]:
    chain = pooled[pooled["method"] == CHAIN].iloc[0]
    best_rule = pooled["pixel_f1"][pooled["method"] != CHAIN].max()
    followed = ["pixel_f1", "tile_f1", "origin_accuracy", "claim_precision"]
    numbers = {
        **chain[followed],
        "best_rule_pixel_f1": best_rule,
        "lead_over_best_rule": chain["pixel_f1"] - best_rule,
        "tile_calibration_error": error_of(said),
        "median_crater_f1": by_crater["pixel_f1"].median(),
    }
    return known_numbers({name: float(value) for name, value in numbers.items()})
