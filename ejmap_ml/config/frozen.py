"""The base of all configurations: frozen, and unknown keys are errors."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A configuration value; a misspelt key is refused instead of ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
