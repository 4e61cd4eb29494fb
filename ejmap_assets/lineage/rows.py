"""The lineage: one row an asset, upstream first.

A crater's artefact depends on the same crater's artefacts upstream, the map on those of all
craters, a promoted model on the members of the version that the project's settings name.
"""

from collections.abc import Mapping

from ejmap_assets.lineage.crater_rows import CRATER_ROWS
from ejmap_assets.lineage.model_rows import MODEL_ROWS
from ejmap_assets.lineage.planet_rows import PLANET_ROWS
from ejmap_assets.lineage.row import Row
from ejmap_assets.lineage.source_rows import SOURCE_ROWS

LINEAGE: Mapping[str, Row] = {**SOURCE_ROWS, **MODEL_ROWS, **CRATER_ROWS, **PLANET_ROWS}
