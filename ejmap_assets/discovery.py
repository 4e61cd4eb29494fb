"""What the modules of a folder define: a new module in it is found without being listed."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def defined_in(package: ModuleType, kind: type[Kind]) -> list[Kind]:
    """Return the objects of a type that the modules of a package hold, module by module.

    Args:
        package: A folder of modules; folders in it are not searched.
        kind: The type. An object that two modules hold is returned once.
    """
    names = [found.name for found in iter_modules(package.__path__) if not found.ispkg]
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    held = (one for module in modules for one in vars(module).values())
    found = {id(one): one for one in held if isinstance(one, kind)}
    return list(found.values())
