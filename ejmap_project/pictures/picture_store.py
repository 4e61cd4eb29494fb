"""Where pictures of artefacts lie: files of the project, which the webserver answers by address.

The history keeps the address alone. Pictures in it would travel with every page that lists events.
"""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from ejmap_geo.whole_file import whole_file
from ejmap_project.artefact import Markdown, Picture
from ejmap_project.digest import content_version
from ejmap_project.paths import ProjectPaths
from ejmap_project.pictures.plot_file import png_of

ROUTE = "/pictures/{asset}/{folder}/{name}"
UNPARTITIONED = "all"
# The digest of the file's content is part of its name, so that an address never changes meaning.
FILE_NAME = re.compile(r"\w+-[0-9a-f]{16}\.(?:png|jpg)")
MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
JPEG_QUALITY = 88
# A plot of 4.6 inches becomes 805 pixels wide.
PLOT_DPI = 175
DIGEST_LETTERS = 16
# In the place of a file that an artefact consists of.
NOTHING_DRAWN = np.full((1, 1, 3), 255, np.uint8)
_SHOWN = re.compile(r"\[!\[(.*); the file is .*\]\(/pictures/([^/()]+)/([^/()]+)/([^/()]+)\)")


class StoredPicture(NamedTuple):
    """A picture in its file.

    Attributes:
        path: The file.
        alt: Words for those who cannot see it.
    """

    path: Path
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureStore:
    """The pictures of one artefact.

    Attributes:
        paths: Where the project's files lie.
        asset: Name of the asset.
        partition: Its partition; None if it is unpartitioned.
        kept: How many earlier pictures of the same name stay, besides the one before the present
            one, for results that may be restored.
    """

    paths: ProjectPaths
    asset: str
    partition: str | None
    kept: int = 0

    @property
    def folder(self) -> Path:
        """Their folder."""
        return self.paths.pictures(self.asset, self.partition or UNPARTITIONED)

    def store(self, name: str, picture: Picture) -> str:
        """Write a picture, delete old ones of the same name, and return Markdown that shows it.

        Where nobody answers its address, browsers show the words instead, which name the file.

        Args:
            name: Name of the picture: letters, digits and underscores.
            picture: The picture.
        """
        data, suffix = _encoded(picture)
        file = f"{name}-{content_version(data)[:DIGEST_LETTERS]}{suffix}"
        path = self.folder / file
        with whole_file(path) as unfinished:
            unfinished.write_bytes(data)
        self._sweep(name)
        address = ROUTE.format(asset=self.asset, folder=self.folder.name, name=quote(file))
        where = path.relative_to(self.paths.folder)
        words = re.sub(r"[^\w .,:;'/=+-]", " ", f"{picture.alt}; the file is {where}")
        return f"[![{words}]({address})]({address})"

    def use_again(self, markdown: str) -> None:
        """Count the picture of a restored result as new, so that it outlives older ones."""
        for file in re.findall(r"\(/pictures/[^)]*/([^/)]+)\)$", markdown):
            path = self.folder / unquote(file)
            if path.is_file():
                os.utime(path)

    def _sweep(self, name: str) -> None:
        same = [one for one in self.folder.glob(f"{name}-*") if one.stem.rpartition("-")[0] == name]
        by_age = sorted(same, key=lambda one: one.stat().st_mtime_ns)
        # One more than the present one: a check may reject it, and the former result is restored.
        for old in by_age[: -(self.kept + 2)]:
            old.unlink()


def write_picture(path: Path, picture: Picture | Markdown) -> None:
    """Write a picture of pixels that is a file of its artefact: a white pixel if none was drawn."""
    pixels = NOTHING_DRAWN if isinstance(picture, Markdown) else picture.image
    with whole_file(path) as unfinished:
        Image.fromarray(np.asarray(pixels)).save(unfinished, "PNG")


def stored_picture(paths: ProjectPaths, markdown: str) -> StoredPicture | None:
    """Return the picture that Markdown of :meth:`PictureStore.store` shows; None if it is gone."""
    shown = _SHOWN.match(markdown)
    if shown is None:
        return None
    alt, asset, folder, name = shown.groups()
    path = paths.all_pictures / asset / folder / unquote(name)
    return StoredPicture(path, alt) if path.is_file() else None


def _encoded(picture: Picture) -> tuple[bytes, str]:
    """Return a plot as PNG and everything else as JPEG, which takes a tenth of the time."""
    if isinstance(picture.image, bytes):
        return picture.image, ".png"
    if isinstance(picture.image, Figure):
        return png_of(picture.image, dpi=PLOT_DPI), ".png"
    buffer = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(picture.image)).convert("RGB")
    # Full resolution of colours: letters and thin lines would fray.
    image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return buffer.getvalue(), ".jpg"
