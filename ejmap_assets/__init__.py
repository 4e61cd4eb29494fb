"""The Dagster layer of EJMAP: which artefact is made when, and from which data.

Assets take, call and report; the science lives in ``ejmap_geo`` and ``ejmap_ml``. Importing this
package loads neither torch nor any project.
"""
