"""A code location whose one asset notes that it was begun and waits for a file."""

import os
import time
from pathlib import Path

import dagster as dg

BEGUN, GO = "begun", "go"


@dg.asset
def rim() -> None:
    """An asset that waits until a test lets it end."""
    folder = Path(os.environ["EJMAP_PROJECT"])
    with (folder / BEGUN).open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    while not (folder / GO).exists():
        time.sleep(0.1)


defs = dg.Definitions(
    assets=[rim], jobs=[dg.define_asset_job("measure")], executor=dg.in_process_executor
)
