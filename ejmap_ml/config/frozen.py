"""The base of all configurations: frozen, without unknown keys; presets lie in YAML files."""

from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ejmap_ml.config.yaml_text import load_yaml
from ejmap_ml.errors import ConfigError


class Frozen(BaseModel):
    """A configuration value; a misspelt key is refused instead of ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Config = TypeVar("Config", bound=Frozen)


@cache
def packaged_presets(package: str) -> tuple[str, ...]:
    """Return the names of the presets in a package in alphabetical order."""
    folder = resources.files(package) / "presets"
    return tuple(sorted(Path(entry.name).stem for entry in folder.iterdir()))


def read_preset(kind: type[Config], name: str, *, package: str, noun: str, what: str) -> Config:
    """Return a preset of a package, or the one in the YAML file that ``name`` is the path of.

    Args:
        kind: What a preset holds.
        name: Name of the preset, or path of a file.
        package: Where the presets lie.
        noun: A preset in words, for messages.
        what: What it holds in words.

    Raises:
        ConfigError: There is no such preset or file, or it is no valid configuration.
    """
    if name.endswith((".yaml", ".yml")):
        path, origin = Path(name), name
    elif name in packaged_presets(package):
        path, origin = resources.files(package) / "presets" / f"{name}.yaml", f"preset {name}"
    else:
        raise ConfigError(
            f"there is no {noun} {name!r}; take one of {', '.join(packaged_presets(package))} or "
            "the path of a .yaml file"
        )
    try:
        return cast("Config", _parsed(kind, path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{name} cannot be read ({error.strerror}); check the path") from error
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{origin} is no valid {what}: {error}") from error


# By its text, so that a file that changed is read anew: recipes ask for it at every crater.
@lru_cache(maxsize=64)
def _parsed(kind: type[Frozen], text: str) -> Frozen:
    return kind.model_validate(load_yaml(text))
