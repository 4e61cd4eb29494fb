"""Finding the definitions in the modules of a folder, so that no list must name them."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def defined_in(package: ModuleType, kind: type[Kind]) -> list[Kind]:
    """Return the objects of a type in the modules of a package, module by module, each once.

    Args:
        package: A folder of modules; its subfolders are not searched.
        kind: The type.
    """
    modules = [
        import_module(f"{package.__name__}.{found.name}")
        for found in iter_modules(package.__path__)
        if not found.ispkg
    ]
    objects = (one for module in modules for one in vars(module).values())
    return list({id(one): one for one in objects if isinstance(one, kind)}.values())
