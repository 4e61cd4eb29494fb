"""The profile of a crater: how much of each ring is ejecta, and how bright they are."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.maps.profile import RingProfile, ring_profile
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.artefact import Artefact, Picture, drawing, known_numbers
from ejmap_project.basemap import Basemap
from ejmap_project.digest import content_version
from ejmap_project.files.table_file import read_table, write_table
from ejmap_project.mapping.crater_inputs import CraterWork

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Rings of all craters end at the same distances in radii, so that profiles can be compared.
RING_RADII = 0.5
RIM_RADII = 1.0


class ProfileTable(pa.DataFrameModel):
    """Ejecta and brightness around a crater, one row a ring half a crater radius wide.

    Areas are on the sphere and count pixels with data only. Bands are in grey levels of the mosaic:
    three columns for each, ``band_1_mean`` and so on.
    """

    class Config(pa.DataFrameModel.Config):
        """A ring is known by its crater and its outer edge; narrow types are widened."""

        unique = ["crater_id", "outer_radii"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID, description="Number of the crater.")
    inner_radii: float = pa.Field(ge=0, description="Inner edge of the ring, crater radii.")
    outer_radii: float = pa.Field(gt=0, description="Outer edge of the ring, crater radii.")
    imaged_km2: float = pa.Field(
        ge=0, description="Area of the ring that was imaged, square kilometres."
    )
    ejecta_km2: float = pa.Field(ge=0, description="Area of ejecta in it, square kilometres.")
    ejecta_fraction: float = pa.Field(
        ge=0,
        le=1,
        nullable=True,
        description="Share of the imaged area that is ejecta; empty if nothing was imaged.",
    )
    bands: Series[float] | None = pa.Field(
        alias=r"^band_\d+_(mean|ejecta|beside)$",
        regex=True,
        nullable=True,
        description="Mean of a band in the ring: everywhere, on ejecta, or beside ejecta.",
    )


def measure_profile(work: CraterWork, crater: Crater) -> Artefact:
    """Measure the rings around a crater out to its reach, and write them as a table.

    Raises:
        GeoError: If the crater's mask is missing or does not lie on the mosaic.
    """
    mask = read_mask_on(work.paths.basemap_mask(crater.key), work.basemap.grid)
    table = profile_table(work.basemap, crater, mask)
    path = work.paths.crater_profile(crater.key)
    write_table(table, path)
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "crater": crater.label,
            "rings": len(table),
            **known_numbers(_summary(table)),
            "profile": table,
            "path": str(path),
            "picture": _plot(table, crater),
        },
        table=table,
    )


def profile_table(basemap: Basemap, crater: Crater, mask: PlacedMask) -> pd.DataFrame:
    """Return the rings around a crater, valid under :class:`ProfileTable`.

    Args:
        basemap: The mosaic, 0 in all bands where nothing was imaged.
        crater: The crater; rings reach as far as its ejecta are looked for.
        mask: Its ejecta.
    """
    body = basemap.grid.body
    rings = int(np.ceil(crater.reach(body) / (RING_RADII * crater.radius_m)))
    edges_radii = RING_RADII * np.arange(rings + 1, dtype=np.float64)
    profile = ring_profile(
        basemap.raster,
        basemap=basemap.grid,
        center=crater.center,
        mask=mask,
        edges_m=edges_radii * crater.radius_m,
    )
    table = pd.DataFrame(
        {
            "crater_id": crater.crater_id,
            "inner_radii": edges_radii[:-1],
            "outer_radii": edges_radii[1:],
            "imaged_km2": (profile.inside_m2 + profile.outside_m2) / 1e6,
            "ejecta_km2": profile.inside_m2 / 1e6,
            "ejecta_fraction": profile.ejecta_share,
        }
    )
    return ProfileTable.validate(table.assign(**_bands(profile)))


def read_profile(path: Path) -> pd.DataFrame:
    """Read a profile.

    Raises:
        SchemaError: If the table was changed by hand.
        StepError: If it is damaged.
    """
    return ProfileTable.validate(read_table(path))


def _bands(profile: RingProfile) -> dict[str, np.ndarray]:
    share = np.nan_to_num(profile.ejecta_share)
    columns: dict[str, np.ndarray] = {}
    for number, (inside, outside) in enumerate(
        zip(profile.inside_mean, profile.outside_mean, strict=True), start=1
    ):
        mean = np.nan_to_num(inside) * share + np.nan_to_num(outside) * (1 - share)
        columns[f"band_{number}_mean"] = np.where(np.isnan(profile.ejecta_share), np.nan, mean)
        columns[f"band_{number}_ejecta"] = inside
        columns[f"band_{number}_beside"] = outside
    return columns


def _summary(table: pd.DataFrame) -> dict[str, float]:
    beyond_rim = table[table["inner_radii"] >= RIM_RADII]
    ejecta = beyond_rim[beyond_rim["ejecta_km2"] > 0]
    half = beyond_rim[beyond_rim["ejecta_fraction"] > 0.5]
    return {
        "ejecta_km2_beyond_rim": float(beyond_rim["ejecta_km2"].sum()),
        "farthest_ring_radii": float(ejecta["outer_radii"].max()),
        "farthest_ring_half_ejecta_radii": float(half["outer_radii"].max()),
    }


@drawing
def _plot(table: pd.DataFrame, crater: Crater) -> Picture:
    # The lineage reads the schema of this table, and commands that read it must not wait for plots.
    from matplotlib.figure import Figure

    from ejmap_project.figures import DPI, SERIES, SIZE_INCHES

    figure = Figure(figsize=(SIZE_INCHES[0], 3.6), dpi=DPI, layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    middle = (table["inner_radii"] + table["outer_radii"]) / 2
    upper.fill_between(middle, table["ejecta_fraction"], color=SERIES[0], alpha=0.4, linewidth=0)
    upper.set_ylim(0, 1)
    upper.set_ylabel("ejecta fraction", fontsize=8)
    names = [str(name) for name in table.columns]
    bands = [name.removesuffix("_ejecta") for name in names if name.endswith("_ejecta")]
    for color, band in zip(SERIES, bands, strict=False):
        name = band.replace("_", " ")
        lower.plot(middle, table[f"{band}_ejecta"], color=color, label=f"{name} on ejecta")
        lower.plot(middle, table[f"{band}_beside"], color=color, linestyle=":", linewidth=1)
    lower.plot([], [], color="0.4", linestyle=":", linewidth=1, label="beside ejecta")
    lower.set_ylabel("grey levels", fontsize=8)
    lower.set_xlabel("distance, crater radii", fontsize=8)
    figure.legend(loc="outside upper center", ncols=2, fontsize=7, frameon=False)
    farthest = float(table.loc[table["ejecta_km2"] > 0, "outer_radii"].max())
    for axes in (upper, lower):
        # Beyond the farthest ejecta there is nothing to compare.
        _dress(axes, min(float(table["outer_radii"].max()), 1.2 * max(farthest, 5.0)))
    return Picture(figure, alt=f"ejecta around {crater.label}")


def _dress(axes: "Axes", farthest_radii: float) -> None:
    axes.axvline(RIM_RADII, color="0.6", linewidth=0.8)
    axes.set_xlim(0, farthest_radii)
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)
