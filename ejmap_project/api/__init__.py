"""EJMAP from Python, without a project and without Dagster: mosaic, craters, model, ejecta."""
