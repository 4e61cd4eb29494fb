"""What the values of the rasters of a map mean, and in which colours they are shown."""

from collections.abc import Mapping

from ejmap_geo.maps.color import Rgb, crater_color
from ejmap_geo.maps.color_ramp import ramp_color
from ejmap_geo.maps.label_map import NODATA, SEVERAL
from ejmap_geo.maps.value_table import ValueClass

# White stands out from every crater colour, which are of medium lightness.
SEVERAL_RGB = Rgb(255, 255, 255)
# What lies below stays visible.
EXCLUDED_RGBA = (178, 24, 43, 140)


def crater_classes(names: Mapping[int, str]) -> list[ValueClass]:
    """Return the craters of a map by rising id.

    Args:
        names: Their names by id, empty for a crater without one.
    """
    return [
        ValueClass(
            crater_id,
            str(crater_id),
            names[crater_id] or f"crater {crater_id}",
            crater_color(crater_id, names[crater_id]).opaque,
        )
        for crater_id in sorted(names)
    ]


def label_classes(names: Mapping[int, str]) -> list[ValueClass]:
    """Return the values of a label map: its craters by rising id, then the two codes.

    Args:
        names: Names of the craters of the map by id, empty for a crater without one.
    """
    several = "ejecta of several craters; overlap_count.tif counts them, their masks name them"
    return [
        *crater_classes(names),
        ValueClass(SEVERAL, "", several, SEVERAL_RGB.opaque),
        ValueClass(NODATA, "", "no ejecta mapped", (0, 0, 0, 0)),
    ]


def count_classes(most: int) -> list[ValueClass]:
    """Return the counts of craters from 1 to ``most``, the darker the more."""
    return [
        ValueClass(
            count,
            "",
            "1 crater" if count == 1 else f"{count} craters",
            ramp_color((count - 1) / max(1, most - 1)).opaque,
        )
        for count in range(1, most + 1)
    ]


def contested_classes(most: int) -> list[ValueClass]:
    """Return the counts of craters that claim contested ground, from 2 to ``most``."""
    return count_classes(most)[1:]


def exclusion_classes(buffer_km: float) -> list[ValueClass]:
    """Return the values of a mask that says where not to count craters.

    Args:
        buffer_km: Width of the buffer around ejecta, in kilometres.
    """
    excluded = f"not to count on: ejecta, their craters and {buffer_km:g} km around both"
    return [
        ValueClass(0, "", "ground to count on", (0, 0, 0, 0)),
        ValueClass(1, "", excluded, EXCLUDED_RGBA),
    ]
