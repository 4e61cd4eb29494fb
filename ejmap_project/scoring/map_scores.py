"""The table of map scores as an artefact: pooled from the scored tiles, written and plotted."""

import pandas as pd

from ejmap_geo.scores.tile_agreement import FULL_SCALE_PX
from ejmap_project.artefact import Artefact, Facts, known_numbers
from ejmap_project.digest import content_version
from ejmap_project.figures import saved_figures
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.scoring.map_scoring import (
    EJCONN,
    PIXEL,
    TEST,
    TILE,
    TVT,
    connection_matrix,
    map_score_table,
    score,
)
from ejmap_project.scoring.score_plots import crater_plot, matrix_plot, scale_plot
from ejmap_project.scoring.scored_tiles import read_tile_scores
from ejmap_project.scoring.tile_scoring import CEILING, MAP, SCALES_PX, SCORES


def score_map(project: OpenProject) -> Artefact:
    """Write the scores of the map in the labelled tiles, the connection matrix, and plots of both.

    Raises:
        StepError: If the tiles were not scored yet.
        SchemaError: If their file was changed by hand.
    """
    paths = project.paths
    tiles = read_tile_scores(paths)
    scores, matrix = map_score_table(tiles), connection_matrix(tiles)
    write_table_and_csv(scores, paths.map_scores)
    write_table_and_csv(matrix, paths.connection_matrix)
    content = content_version(scores.to_csv(index=False), matrix.to_csv(index=False))
    usable = int(tiles["is_usable"].sum())
    metadata: Facts = {"tiles": usable, "path": str(paths.map_scores)}
    if not usable:
        metadata["nothing_to_score"] = (
            "no ejecta of this planet are known in labelled tiles; give manual masks to score it"
        )
        return Artefact(content=content, metadata=metadata)
    figures = {
        "connection matrix": matrix_plot(matrix),
        "F1 over scale": scale_plot(scores),
        "F1 of craters": crater_plot(scores),
    }
    return Artefact(
        content=content,
        metadata={
            **metadata,
            **_numbers(scores),
            "scores": scores[scores["crater_id"].isna()].drop(columns="crater_id"),
            "craters": _craters(scores),
            "connection_matrix_path": str(paths.connection_matrix),
            **saved_figures(figures, paths.map_scores.with_suffix("")),
        },
        table=scores,
    )


def _numbers(scores: pd.DataFrame) -> Facts:
    """Return what people follow over time: the five scores of the map, F1 of the others."""
    found = {
        f"{scope}_{level}_{name}": score(scores, name, scope=scope, level=level)
        for scope in (TVT, TEST)
        for level in (PIXEL, TILE)
        for name in SCORES
    }
    for scope in (TVT, TEST):
        for kind, level in ((CEILING, PIXEL), (CEILING, TILE), (EJCONN, TILE)):
            one = score(scores, "f1", scope=scope, level=level, kind=kind)
            found[f"{kind}_{scope}_{level}_f1"] = one
        for scale_px in SCALES_PX[1:]:
            one = score(scores, "f1", scope=scope, level=PIXEL, scale_px=scale_px)
            found[f"{scope}_pixel_f1_at_{scale_px}px"] = one
    return {**known_numbers(found)}


def _craters(scores: pd.DataFrame) -> pd.DataFrame:
    """Lay the scores of the map out with one row a crater."""
    chosen = (scores["kind"] == MAP) & (scores["scale_px"] == FULL_SCALE_PX)
    rows = scores[chosen & scores["crater_id"].notna()]
    wide = rows.pivot_table(
        index="crater_id", columns=["scope", "level"], values="f1", dropna=False
    )
    wide.columns = [f"{scope}_{level}_f1" for scope, level in wide.columns]
    whole = rows[(rows["scope"] == TVT) & (rows["level"] == PIXEL)].set_index("crater_id")
    return whole[["tiles", "precision", "recall"]].join(wide).reset_index()
