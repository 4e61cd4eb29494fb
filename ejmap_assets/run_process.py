"""Tags that name the process of a run, so that other processes can check whether it is alive."""

import dagster as dg

from ejmap_geo.process_identity import ProcessIdentity

HOST_TAG = "ejmap/host"
PROCESS_TAG = "ejmap/process"


def process_tags(run_id: str) -> dict[str, str]:
    """Return the tags of a run in this process."""
    here = ProcessIdentity.here()
    # They include the id of the run, because a retry elsewhere inherits the tags.
    named = [run_id, str(here.process_id), here.birth, here.namespace]
    return {HOST_TAG: here.host, PROCESS_TAG: " ".join(named)}


def is_gone(run: dg.DagsterRun) -> bool | None:
    """Return whether the process of a run ended; None if this process cannot know.

    It cannot know for a run on another machine, in another container, or without tags.
    """
    match run.tags.get(PROCESS_TAG, "").split(" "):
        case [run_id, process_id, birth, namespace] if run_id == run.run_id:
            identity = ProcessIdentity(
                host=run.tags.get(HOST_TAG, ""),
                namespace=namespace,
                process_id=int(process_id),
                birth=birth,
            )
            return identity.is_gone
        case _:
            return None
