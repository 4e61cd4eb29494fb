"""Tags inside rasters that a person can read: where pixels come from, and what they mean."""

from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.raster_file import opened

MODEL, MOSAIC, CRATER, RUN = "EJMAP_MODEL", "EJMAP_MOSAIC", "EJMAP_CRATER", "EJMAP_RUN"
VALUES, DESCRIPTION, TERMS = "EJMAP_VALUES", "TIFFTAG_IMAGEDESCRIPTION", "TIFFTAG_COPYRIGHT"


def crater_words(crater: Crater) -> str:
    """Return the name and key of a crater; the key alone without a name."""
    return f"{crater.name} ({crater.key})" if crater.name else crater.key


def mosaic_words(name: str, digest: str) -> str:
    """Return what names a mosaic: its name and the digest of its pixels."""
    return f"{name}, digest {digest}"


def meaning(description: str, values: str) -> dict[str, str]:
    """Return the tags that say what a raster is and what each of its values means."""
    return {DESCRIPTION: description, VALUES: values}


def tags_of(path: Path) -> dict[str, str]:
    """Return the tags inside a raster; none if it is missing or cannot be read."""
    try:
        with opened(path) as raster:
            return raster.tags()
    except RasterError:
        return {}


def inherited(path: Path, *names: str) -> dict[str, str]:
    """Return those of the named tags that a raster carries, for one that follows from it."""
    tags = tags_of(path)
    return {name: tags[name] for name in names if name in tags}
