"""Settings of how craters are mapped."""

from typing import Literal

from pydantic import Field

from ejmap_project.settings.sources import Settings


class MappingSettings(Settings):
    """How craters are mapped.

    Attributes:
        tile_side_px: Side of the square tiles around each crater.
        denoise_px: Smaller islands and holes of a mask are removed; 0 keeps all.
        connections: What connects tiles to craters: ``polar``, the prediction of a polar EJSEG, or
            ``ejconn``, an EJCONN that is trained for it. None takes ``ejconn`` in a project of a
            published folder, as published, and ``polar`` in any other. A tile EJSEG makes no polar
            prediction and always takes EJCONN's connections.
        promised_recall: Share of its ejecta that a crater's wider mask finds, on average over
            craters; only calibrated ensembles can promise it.
        connection_filter: Clear ejecta outside the tiles that are connected to the crater.
        kept_results: Results of former models that are kept of each crater, so that a roll-back
            finds them instead of computing them again; 0 keeps none.
        fresh_days: Days after which a map that was not made again counts as overdue in the pages;
            None never. Changing it takes reloading the code location.
        chunk_craters: Most craters that a run of a backfill takes, with one loaded model; changing
            it takes reloading the code location.
    """

    tile_side_px: int = Field(default=64, ge=16)
    denoise_px: int = Field(default=0, ge=0)
    connections: Literal["polar", "ejconn"] | None = None
    promised_recall: float = Field(default=0.9, gt=0, lt=1)
    connection_filter: bool = False
    kept_results: int = Field(default=2, ge=0, le=100)
    fresh_days: float | None = Field(default=None, ge=0.05, le=36_500)
    chunk_craters: int = Field(default=50, ge=1, le=10_000)
