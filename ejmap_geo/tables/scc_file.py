"""Files of CraterTools and Craterstats: craters counted in an area (``.scc``)."""

import re
from pathlib import Path

import pandas as pd

from ejmap_geo.tables.text_encoding import decoded

BLOCK = re.compile(r"^crater\s*=\s*\{(?P<names>[^\n}]*)\n(?P<rows>[^}]*)\}", re.MULTILINE)
RADIUS = re.compile(r"^a[_-]axis[_ ]radius\s*=\s*(?P<km>\S+)\s*<km>", re.MULTILINE)
# Diameters are in kilometres and places in degrees, which its names do not say.
NAMES = {"diam": "diam_km", "lon": "lon_deg", "lat": "lat_deg"}


def read_scc(path: Path, *, what: str, error: type[Exception]) -> tuple[pd.DataFrame, float | None]:
    """Read the craters of a spatial crater count.

    Args:
        path: The file.
        what: What kind of table it should be, in words, for messages.
        error: What to raise.

    Returns:
        ``diam_km``, ``lon_deg`` and ``lat_deg`` (east-positive) as text, and the radius in
        metres of the body that the file states.

    Raises:
        Exception: ``error``, if it is unreadable or holds no craters with places.
    """
    named = f"{what} {path}"
    try:
        text, _ = decoded(path.read_bytes())
    except (OSError, ValueError) as cause:
        raise error(f"{named} cannot be read ({cause})") from cause
    block = BLOCK.search(text.replace("\r\n", "\n"))
    names = [] if block is None else [name.strip() for name in block["names"].split(",")]
    missing = [name for name in NAMES if name not in names]
    if block is None or missing:
        raise error(
            f"{named} holds no craters with {', '.join(missing or NAMES)}; export a spatial crater "
            "count (.scc) with diameters and places"
        )
    lines = [line for line in block["rows"].splitlines() if line.strip()]
    rows = [line.split() for line in lines if not line.startswith("#")]
    wrong = next((row for row in rows if len(row) != len(names)), None)
    if wrong is not None:
        raise error(
            f"{named} has a crater of {len(wrong)} cells ({' '.join(wrong)[:60]}) instead of "
            f"{len(names)} ({', '.join(names)}); export it again"
        )
    table = pd.DataFrame(rows, columns=pd.Index(names), dtype=object)
    radius = RADIUS.search(text)
    try:
        radius_m = None if radius is None else 1000 * float(radius["km"])
    except ValueError as cause:
        raise error(f"{named} has a body whose radius is no number; export it again") from cause
    return table[list(NAMES)].rename(columns=NAMES), radius_m
