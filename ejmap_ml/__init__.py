"""The models of EJMAP: tiles in, ejecta out. May use ``ejmap_geo``; knows nothing of Dagster.

Importing this package imports no torch: ``config`` and ``tile_store`` can be used without it.
"""

import ejmap_geo as _ejmap_geo  # pyright: ignore[reportUnusedImport]  # noqa: F401 - sets how threads wait, before torch is loaded
