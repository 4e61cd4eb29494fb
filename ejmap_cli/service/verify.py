"""``ejmap verify``: re-read every artefact and compare it with the digest in the history."""

from pathlib import Path

from ejmap_cli.command import PROJECT_OR_DEFAULT, chosen_folder, command, require_project, suggested
from ejmap_cli.console import Console
from ejmap_project.errors import StepError


@command("verify", "ejmap verify projects/mine")
@PROJECT_OR_DEFAULT
def verify(project: Path | None) -> int:
    """Re-read every artefact and name what is not as recorded."""
    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.runs.instance import home_of, open_instance
    from ejmap_assets.status.verification import verify as verified
    from ejmap_project.object_store.address import stated_address
    from ejmap_project.open_project import OpenProject

    folder = chosen_folder(project)
    require_project(folder)
    opened = OpenProject.at(folder)
    if not home_of(folder).is_dir():
        raise StepError(f"nothing of {folder} was made yet; {suggested('ejmap', 'run', folder)}")
    with Console() as console:
        with open_instance(folder) as instance:
            found = verified(book_of(opened, instance).snapshot(), console)
        for one in found.faults:
            console.line(f"not as recorded: {one.artefact}: {one.fault}")
        if found.adopted:
            console.line(f"{found.adopted} artefacts of EJMAP 0.1 had no digest and have one now")
        took = f"{found.artefacts} artefacts in {console.elapsed_seconds:.0f} s"
        if not found.faults:
            console.line(f"all as recorded: {took}")
            return 0
        console.line(f"{len(found.faults)} not as recorded of {took}")
        if stated_address() is not None:
            pull = suggested("ejmap", "storage", "pull", folder)
            console.line(f"next       {pull} fetches those that the bucket has")
        console.line(f"next       {suggested('ejmap', 'run', folder)} makes them again")
        return 1
