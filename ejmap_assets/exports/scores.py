"""Scores of the map and of trained members, in the published columns."""

import pandas as pd

from ejmap_assets.exports.export import Export
from ejmap_assets.exports.published_names import KINDS, number_of
from ejmap_assets.imports.ejmap_folder import layout
from ejmap_assets.model_choice import ModelVersion
from ejmap_assets.published_metrics import connmatrix_csv, eval_metrics_csv, test_metrics_csv


def export_scores(export: Export) -> list[str]:
    """Write the scores of the map, the connection matrix, and the scores of each version."""
    notes = [*_map_scores(export), *_member_scores(export)]
    if not export.paths.connection_matrix.is_file():
        return notes
    path = export.place(
        layout.CONNECTION_MATRIX,
        version=export.names.ejconn,
        ejseg=export.names.ejseg,
        split=export.names.split,
    )
    connmatrix_csv(pd.read_parquet(export.paths.connection_matrix)).to_csv(path)
    return notes


def _map_scores(export: Export) -> list[str]:
    if not export.paths.map_scores.is_file():
        return ["scores of the map: not made yet"]
    scores = eval_metrics_csv(pd.read_parquet(export.paths.map_scores), test_set=export.names.split)
    path = export.place(layout.map_metrics("ejseg"), version=export.names.ejseg)
    scores.to_csv(path, index=False)
    return []


def _member_scores(export: Export) -> list[str]:
    if not export.paths.model_comparison.is_file():
        return ["scores of trained models: not made yet"]
    members = pd.read_parquet(export.paths.model_comparison)
    notes: list[str] = []
    for kind in KINDS:
        own = members[members["model"] == kind]
        for name, rows in own.groupby("name"):
            number = number_of(ModelVersion(str(name)))
            if number or number == export.names.version(kind):
                path = export.place(layout.training_metrics(kind), version=number)
                test_metrics_csv(rows).to_csv(path, index=False)
            else:
                notes.append(f"scores of {name}: it has no version number")
    return notes
