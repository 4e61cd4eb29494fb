"""Checks of releases."""

from ejmap_assets.checks.finding import Finding, bad, good
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_project.release.release_folder import release_folders
from ejmap_project.release.verify import faults_of

NAMED_FILES = 5


@project_check(asset="release", blocking=False)
def newest_release_is_as_it_was_made(checked: CheckedProject) -> Finding:
    """Every file of the newest release is there and has the digest that its manifest states."""
    folders = release_folders(checked.project.paths)
    if not folders:
        return bad("there is no release; materialise release with a name")
    faults = faults_of(folders[-1])
    if faults:
        named = ", ".join(faults[:NAMED_FILES])
        return bad(f"{folders[-1].name}: {named}; restore it from a copy", faults=len(faults))
    return good(f"{folders[-1].name} is as it was made")
