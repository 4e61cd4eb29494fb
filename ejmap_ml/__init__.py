"""The models of EJMAP: tiles in, ejecta out. May use ``ejmap_geo``; knows nothing of Dagster.

Importing this package imports no torch: ``config`` and ``tile_store`` can be used without it.
"""
