"""What a correction package holds, as the note inside it; the note comes back from a person."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ejmap_geo.grids.window import Window
from ejmap_project.errors import SourceError

NOTE, POLYGONS, QGIS, README = "package.json", "corrections.gpkg", "corrections.qgs", "README.md"
TILES = "tiles"
LARGEST_NOTE_BYTES = 4_000_000


class _Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class HandedOut(_Note):
    """The mask of a crater as it was handed out.

    Attributes:
        crater_id: The crater.
        digest: Digest of the mask.
        is_label: Whether it was a label of the project; else it was the mask of the map.
        row: First row of the raster on the mosaic.
        col: First column.
        height: Rows.
        width: Columns, which may run on past the antimeridian.
    """

    crater_id: int = Field(ge=0)
    digest: str = Field(pattern=r"^[0-9a-f]{16}$")
    is_label: bool
    row: int = Field(ge=0)
    col: int
    height: int = Field(gt=0)
    width: int = Field(gt=0)

    @property
    def window(self) -> Window:
        """Where the raster lies."""
        return Window(row=self.row, col=self.col, height=self.height, width=self.width)


class PackageNote(_Note):
    """A correction package.

    Attributes:
        body: The planet.
        width_px: Columns of the mosaic.
        made_utc: When it was made.
        craters: The masks in it.
    """

    body: str
    width_px: int = Field(gt=0)
    made_utc: str
    craters: tuple[HandedOut, ...] = Field(min_length=1)


def mosaic_name(key: str) -> str:
    """Return the name of the mosaic around a crater in a package."""
    return f"mosaic_{key}.tif"


def layer_name(key: str) -> str:
    """Return the name of the layer of polygons of a crater."""
    return f"ejecta_{key}"


def read_note(package: Path) -> PackageNote:
    """Read the note of a package.

    Raises:
        SourceError: If the folder is no package, or its note was changed into something else.
    """
    path = package / NOTE
    if not path.is_file():
        raise SourceError(
            f"{package} is no correction package, {NOTE} is missing; name a folder that "
            "`ejmap correct` made"
        )
    if path.stat().st_size > LARGEST_NOTE_BYTES:
        raise SourceError(f"{path} is larger than a note can be; make the package again")
    try:
        note = PackageNote.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise SourceError(
            f"{path} is no note of a correction package ({error.error_count()} mistake(s)); "
            "put back the file that `ejmap correct` wrote"
        ) from error
    ids = [one.crater_id for one in note.craters]
    if len({*ids}) < len(ids):
        raise SourceError(f"{path} names a crater twice; put back the file that was written")
    return note
