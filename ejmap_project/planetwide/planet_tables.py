"""Tables of the planet as a whole."""

from functools import partial

import pandera.pandas as pa

_share = partial(pa.Field, ge=0, le=1, nullable=True)
_area = partial(pa.Field, ge=0)


class PlanetTable(pa.DataFrameModel):
    """Ejecta and craters in zones of latitude and sectors of longitude, one row each."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened."""

        coerce = True
        unique = ["by", "from_deg"]  # noqa: RUF012, pandera reads a plain list

    by: str = pa.Field(isin=["latitude", "longitude"], description="What the row is a bin of.")
    from_deg: float = pa.Field(ge=-180, le=180, description="Lower edge of the bin, degrees.")
    to_deg: float = pa.Field(ge=-180, le=180, description="Upper edge of the bin, degrees.")
    surface_km2: float = _area(description="Area on the sphere, square kilometres.")
    imaged_km2: float = _area(description="What the mosaic shows of it, square kilometres.")
    ejecta_km2: float = _area(description="Imaged ground that a crater of the map claims.")
    overlap_km2: float = _area(description="Imaged ground that two or more craters claim.")
    ejecta_share: float = _share(description="Ejecta over imaged area; empty if none is imaged.")
    overlap_share: float = _share(description="Overlap over imaged area; empty if none is imaged.")
    craters: int = pa.Field(ge=0, description="Craters of the map with their centre in the bin.")
    craters_per_million_km2: float = pa.Field(
        ge=0, nullable=True, description="Craters over imaged area, per million square kilometres."
    )
    density_low: float = pa.Field(
        ge=0, nullable=True, description="Lower end of its 95 % interval (Poisson; Garwood 1936)."
    )
    density_high: float = pa.Field(ge=0, nullable=True, description="Upper end of its interval.")


class PlanetTestTable(pa.DataFrameModel):
    """Where craters lie against chance, one row a test and a weight."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened."""

        coerce = True
        unique = ["test", "weighted_by"]  # noqa: RUF012, pandera reads a plain list

    test: str = pa.Field(description="What is tested.")
    weighted_by: str = pa.Field(description="What a crater counts: one, or its area of ejecta.")
    craters: int = pa.Field(ge=0, description="Craters of the map with ejecta.")
    value: float = pa.Field(nullable=True, description="The statistic; see column formula.")
    expected: float = pa.Field(description="Its mean by chance.")
    chance_low: float = pa.Field(nullable=True, description="2.5 % of values by chance are lower.")
    chance_high: float = pa.Field(
        nullable=True, description="2.5 % of values by chance are higher."
    )
    p_value: float = pa.Field(
        ge=0, le=1, nullable=True, description="Share of values by chance that are as far away."
    )
    formula: str = pa.Field(description="What the statistic is.")
    chance: str = pa.Field(description="What is drawn at random.")
    source: str = pa.Field(description="Where the question comes from.")


class ModelAgeTable(pa.DataFrameModel):
    """Craters that the user counted on the clean blanket of each crater and outside of ejecta."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened."""

        coerce = True

    area: str = pa.Field(description="Crater whose clean blanket it is, or the ground left over.")
    area_km2: float = _area(description="Area on the sphere, square kilometres.")
    smallest_km: float = pa.Field(gt=0, description="Diameter from which craters count.")
    craters: int = pa.Field(ge=0, description="Counted craters with their centre in the area.")
    craters_per_million_km2: float = pa.Field(
        ge=0, nullable=True, description="Their density, per million square kilometres."
    )
    age_ga: float = pa.Field(
        ge=0, nullable=True, description="Model age, Ga; empty without craterstats or craters."
    )
    age_low_ga: float = pa.Field(ge=0, nullable=True, description="Lower end of its 68 % interval.")
    age_high_ga: float = pa.Field(ge=0, nullable=True, description="Upper end of its interval.")
