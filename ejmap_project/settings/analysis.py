"""Settings of what is measured of the map."""

from pydantic import Field

from ejmap_project.settings.sources import Settings


class AnalysisSettings(Settings):
    """What is measured of the map.

    Attributes:
        exclusion_buffer_km: Ground so near to ejecta is left out of the areas for counting craters,
            kilometres along great circles.
    """

    exclusion_buffer_km: float = Field(default=10.0, ge=0, le=1000)
