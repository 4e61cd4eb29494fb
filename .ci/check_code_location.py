"""Loads the code location as Dagster does, and fails if that imports networks or plotting windows.

Every process of Dagster loads it: seconds for torch would be paid by each run, sensor and server.
"""

import sys

import dagster as dg

from ejmap_assets.definitions import build_defs

HEAVY = {"lightning", "matplotlib.pyplot", "segmentation_models_pytorch", "timm", "torch"}


def main() -> int:
    """Load the definitions and return 1 if a heavy module came with them."""
    dg.Definitions.validate_loadable(build_defs())
    found = sorted(HEAVY & set(sys.modules))
    if found:
        print(f"loading the code location imports {', '.join(found)}; import them where they run")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
