"""How good the map is, where that can be known."""

import os

import pandas as pd

from ejmap_assets.artefact import Artefact
from ejmap_assets.crater_work import read_project_basemap
from ejmap_assets.declare import Making, project_asset
from ejmap_assets.mask_folder import MaskFolder
from ejmap_assets.plots import score_bars
from ejmap_assets.provenance import content_version
from ejmap_assets.scoring import CHAIN, POOLED, score_chain, score_rules, score_table
from ejmap_assets.table_metadata import table_metadata

SHOWN = ["method", "pixel_f1", "iou", "precision", "recall", "tile_f1", "origin_accuracy", "setting"]


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def evaluation(making: Making) -> Artefact:
    """Agreement of the map with known ejecta: pixels of all craters pooled and crater by crater,
    connected tiles, and whether ejecta carry the right crater of origin; beside it three rules on
    brightness and distance, tuned on the training craters. Empty when nothing is known."""
    project, paths = making.project, making.paths
    basemap = read_project_basemap(project)
    craters = project.craters()
    actual = MaskFolder.of(craters, paths.manual_mask, basemap.grid)
    predicted = MaskFolder.of(craters, paths.basemap_mask, basemap.grid)
    rows = []
    if actual:
        making.progress.say("comparing masks with known ejecta")
        rows += score_chain(project, basemap, predicted=predicted, actual=actual)
        making.progress.say("tuning brightness and distance rules")
        rows += score_rules(project, basemap, actual=actual)
    table = score_table(rows)
    _write(table, making)
    if table.empty:
        return Artefact(
            content=content_version("nothing is known"),
            metadata={"known_craters": 0, "path": str(paths.scores)},
        )
    return Artefact(
        content=content_version(table.to_csv(index=False)), metadata=_metadata(table, making)
    )


def _metadata(table: pd.DataFrame, making: Making) -> dict[str, object]:
    pooled = table[table["crater"] == POOLED]
    chain = pooled[pooled["method"] == CHAIN].iloc[0]
    rules = pooled[pooled["method"] != CHAIN]
    by_crater = table[table["crater"] != POOLED]
    return {
        "known_craters": len(by_crater),
        "pixel_f1": float(chain["pixel_f1"]),
        "tile_f1": float(chain["tile_f1"]),
        "origin_accuracy": float(chain["origin_accuracy"]),
        "best_rule_pixel_f1": float(rules["pixel_f1"].max()),
        "lead_over_best_rule": float(chain["pixel_f1"] - rules["pixel_f1"].max()),
        "median_crater_f1": float(by_crater["pixel_f1"].median()),
        "methods": table_metadata(pooled[SHOWN]),
        "craters": table_metadata(by_crater.drop(columns=["method", "setting"])),
        "path": str(making.paths.scores),
        "picture": score_bars(pooled.set_index("method")["pixel_f1"]),
    }


def _write(table: pd.DataFrame, making: Making) -> None:
    path = making.paths.scores
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.parquet")
    table.to_parquet(unfinished, index=False)
    unfinished.replace(path)
