"""Load all of EJMAP: processes forked from one that did start in no time."""

import importlib
import pkgutil

PACKAGES = ("ejmap_geo", "ejmap_ml", "ejmap_project", "ejmap_assets", "ejmap_cli")

for package in PACKAGES:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
# Of the process that starts others.
importlib.import_module("pytest")
# What modules load when they are used for the first time.
importlib.import_module("ejmap_assets.definitions").build_defs()
