"""Where a trained member comes from and how good it is: read without its weights."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ejmap_ml.bundles.bundle_files import PROVENANCE
from ejmap_ml.bundles.training_record import TrainingRecord
from ejmap_project.errors import StepError

LARGEST_JSON_BYTES = 2**20


class MemberProvenance(BaseModel):
    """What is read of a bundle's origin; bundles of other versions may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    created_utc: str = ""
    seed: int | None = None
    samples: int | None = None
    steps: int | None = None
    source: str | None = None
    inputs: dict[str, str] = {}
    scores: dict[str, float | None] = {}
    record: TrainingRecord | None = None


class _Stamp(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    provenance: MemberProvenance


def provenance_of(folder: Path) -> MemberProvenance:
    """Read where the bundle in a folder comes from, and how good it is; no weights are read.

    Raises:
        StepError: If the bundle is incomplete or is none.
    """
    try:
        return _Stamp.model_validate_json(member_file(folder / PROVENANCE)).provenance
    except ValidationError as error:
        raise StepError(
            f"{folder / PROVENANCE} does not say where the model comes from: {error}; train or "
            "import it again"
        ) from error


def member_file(path: Path) -> bytes:
    """Read a small file of the bundle in a folder.

    Raises:
        StepError: If it is missing or too large.
    """
    if not path.is_file() or path.stat().st_size > LARGEST_JSON_BYTES:
        raise StepError(
            f"{path.parent} is no complete model: {path.name} is missing or too large; train or "
            "import it again"
        )
    return path.read_bytes()
