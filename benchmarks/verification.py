"""What verifying costs: a look at 400 craters with nothing to do, and the digests of one crater."""

import argparse
import tempfile
import time
from pathlib import Path

from ejmap_assets.lineage.crater_rows import CRATER_ROWS
from ejmap_project.manifests.manifest_store import ArtefactFiles, Integrity
from ejmap_project.paths import ProjectPaths

CRATERS = 400
# Files of the tile store of a crater of the demo.
STORE_FILES = 60
# `ejmap run` looks at every artefact of a crater for its announcement and for the step of craters,
# and at the masks once more for each artefact that is made of all craters.
LOOKS = 2
LOOKS_AT_MASKS = 10


def main() -> None:
    """Print seconds of CPU of looking at a project, and of the digest of what a crater takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--craters", type=int, default=CRATERS)
    parser.add_argument("--mb", type=int, default=200, help="size of the largest file of a crater")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = ProjectPaths(Path(folder))
        recorded = [(one, _recorded(one)) for one in _artefacts(paths, options.craters)]
        masks = [pair for pair in recorded if pair[0].asset == "basemap_mask"]
        begun = time.process_time()
        for files, digest in [*recorded * LOOKS, *masks * LOOKS_AT_MASKS]:
            assert files.compare(digest).integrity is Integrity.INTACT  # noqa: S101 - else no cost
        seconds = time.process_time() - begun
        print(f"looking at {options.craters} craters with nothing to do: {seconds:.2f} s")
        _print_digest(paths, options.mb)


def _artefacts(paths: ProjectPaths, craters: int) -> list[ArtefactFiles]:
    found: list[ArtefactFiles] = []
    for number in range(craters):
        key = f"{number:04d}"
        for name, row in CRATER_ROWS.items():
            files = row.files(name, paths, key)
            found.append(files)
            for place in files.places:
                names = [f"{one}" for one in range(STORE_FILES)] if name == "tile_store" else [""]
                for one in names:
                    path = place / one if one else place
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(b"content")
    return found


def _recorded(files: ArtefactFiles) -> str:
    taken = files.take()
    files.write(taken)
    return taken.digest


def _print_digest(paths: ProjectPaths, size_mb: int) -> None:
    place = paths.azimuthal_mosaic("9999")
    place.parent.mkdir(parents=True)
    place.write_bytes(bytes(range(256)) * (size_mb * 4000))
    files = ArtefactFiles(paths=paths, asset="azimuthal_mosaic", partition="9999", places=(place,))
    begun = time.process_time()
    files.take()
    seconds = time.process_time() - begun
    print(f"digest of {size_mb} MB that was just written: {seconds:.3f} s")


if __name__ == "__main__":
    main()
