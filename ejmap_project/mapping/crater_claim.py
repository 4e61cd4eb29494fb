"""A crater is mapped by one run at a time, on whichever machine."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from ejmap_project.errors import StepError


@contextmanager
def crater_claim(path: Path, run_id: str, *, is_over: Callable[[str], bool]) -> Generator[None]:
    """Hold a crater for a run while the block maps it.

    The claim is a file that one process alone can create, also on a file system that several
    machines share. A process that died leaves it, so a claim of a run that is over counts for
    nothing.

    Args:
        path: File of the crater's claim.
        run_id: The run that maps it.
        is_over: Whether another run, given by its id, has ended.

    Raises:
        StepError: If another run holds the crater.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    holder = _hold(path, run_id)
    # The same run goes on in another process after its node failed.
    if holder is not None and (holder == run_id or is_over(holder)):
        path.unlink(missing_ok=True)
        holder = _hold(path, run_id)
    if holder is not None:
        raise StepError(
            f"run {holder[:8]} maps this crater at the moment; map it again when that run has ended"
        )
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _hold(path: Path, run_id: str) -> str | None:
    """Create the claim; return who holds the crater if somebody does."""
    own = path.with_name(f"{path.name}.{run_id}")
    own.write_text(run_id, encoding="utf-8")
    try:
        # A link has its content at once, and is refused where there is one already.
        os.link(own, path)
    except FileExistsError:
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            # Given back in between; whoever asked is told to come again.
            return "another"
    finally:
        own.unlink(missing_ok=True)
    return None
