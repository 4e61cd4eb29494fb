"""How well masks agree with known ejecta, beside rules that a person would try first."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.scores.agreement import Confusion, confusion, origin_agreement, placed_confusion
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.baselines import RuleHistogram, feature_names, rule_histogram, score_rule, tune_rules
from ejmap_ml.calibration.reliability import reliability
from ejmap_project.basemap import Basemap, azimuthal_grid
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.models.seen_bands import learned_bands
from ejmap_project.open_project import OpenProject
from ejmap_project.scoring.score_tables import ScoreTable
from ejmap_project.sources.known_planets import ejecta_around, known_planets

CHAIN = "EJMAP"
POOLED = "all craters"

# Scores of one method on one crater, or on all of them, by the columns of ``ScoreTable``.
ScoreRow = Mapping[str, object]


def score_table(rows: Iterable[ScoreRow]) -> pd.DataFrame:
    """Return scores as a table, one row each; a score that a row lacks is NaN."""
    return pd.DataFrame(list(rows), columns=pd.Index(list(ScoreTable.to_schema().columns)))


def score_chain(
    project: OpenProject,
    basemap: Basemap,
    *,
    predicted: Mapping[int, PlacedMask],
    actual: Mapping[int, PlacedMask],
) -> tuple[list[ScoreRow], pd.DataFrame]:
    """Score the masks of a project, and the connections that they came from.

    Args:
        project: The project.
        basemap: Its mosaic.
        predicted: Masks by crater id; a crater that could not be mapped is an empty mask.
        actual: Known ejecta by crater id.

    Returns:
        A row of all craters pooled, then one each; and what is said of tiles beside what is
        true, from :func:`ejmap_ml.calibration.reliability.reliability`.
    """
    craters = [one for one in project.craters().values() if one.crater_id in actual]
    rows: list[ScoreRow] = []
    answers = [pd.DataFrame({"probability": np.zeros(0), "is_true": np.zeros(0, np.bool_)})]
    pixels, tiles = Confusion(), Confusion()
    for crater in craters:
        found = predicted.get(crater.crater_id, PlacedMask.empty())
        truth = actual[crater.crater_id]
        crater_pixels = placed_confusion(found, truth, basemap=basemap.grid)
        crater_tiles = Confusion()
        if project.paths.connections(crater.key).is_file():
            answered = _tile_answers(project, crater, truth, basemap)
            crater_tiles = confusion(*answered[["is_connected", "is_true"]].to_numpy(np.bool_).T)
            answers.append(answered)
        pixels, tiles = pixels + crater_pixels, tiles + crater_tiles
        rows.append(_row(crater.key, crater_pixels, crater_tiles))
    origin = origin_agreement(predicted, actual, basemap=basemap.grid)
    pooled = {
        **_row(POOLED, pixels, tiles),
        "origin_accuracy": origin.origin_accuracy,
        "claim_precision": origin.claim_precision,
    }
    said = pd.concat(answers, ignore_index=True)
    return [pooled, *rows], reliability(
        said["probability"].to_numpy(np.float64), said["is_true"].to_numpy(np.bool_)
    )


def score_rules(
    project: OpenProject, basemap: Basemap, *, actual: Mapping[int, PlacedMask]
) -> list[ScoreRow]:
    """Tune the three rules on the training craters and score them on those of the map."""
    training = _histogram(planet for _, planet in known_planets(project))
    craters = [one for one in project.craters().values() if one.crater_id in actual]
    raster = learned_bands(project).of(basemap.raster)
    mapped = Planet(raster=raster, basemap=basemap.grid, craters=tuple(craters), truth=dict(actual))
    test = _histogram([mapped])
    names = feature_names(len(raster))
    return [
        {
            "method": rule.rule,
            "crater": POOLED,
            "pixel_f1": score_rule(rule, test),
            "setting": rule.describe(names),
        }
        for rule in tune_rules(training)
    ]


def _histogram(planets: Iterable[Planet]) -> RuleHistogram:
    total: RuleHistogram | None = None
    for planet in planets:
        one = rule_histogram(
            planet.raster, planet.truth, basemap=planet.basemap, craters=planet.craters
        )
        total = one if total is None else total + one
    if total is None:
        raise ValueError("rules are tuned on at least one planet")
    return total


def _tile_answers(
    project: OpenProject, crater: Crater, truth: PlacedMask, basemap: Basemap
) -> pd.DataFrame:
    """Return what is said of the tiles of a crater, and which truly hold ejecta."""
    table = read_connections(project.paths.connections(crater.key))
    grid = azimuthal_grid(crater, basemap.grid)
    ejecta = ejecta_around(truth, basemap=basemap.grid, azimuthal=grid)
    is_true = [ejecta[window.slices].any() for window in tile_windows(table)]
    return table[["probability", "is_connected"]].assign(is_true=np.array(is_true, np.bool_))


def _row(crater: str, pixels: Confusion, tiles: Confusion) -> ScoreRow:
    scores = {name: getattr(pixels, name) for name in ("iou", "precision", "recall")}
    return {
        "method": CHAIN,
        "crater": crater,
        "pixel_f1": pixels.f1,
        **scores,
        "tile_f1": tiles.f1,
        "setting": "",
    }
