"""How the packages are built, as figures, held to their limits: ``make structure``.

A room is a folder, or a module at the root of a package. The floors of a package are the longest
chain of rooms that import each other; imports inside functions count like any other.
"""

import ast
import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).parents[1]
# The package, and most floors it may have.
PACKAGES = {
    "ejmap_cli": 3,
    "ejmap_clusters": 3,
    "ejmap_assets": 7,
    "ejmap_project": 9,
    "ejmap_ml": 6,
    "ejmap_geo": 5,
}
# The Dagster layer grows by a row, a function and a check with every asset, and by nothing else.
MOST_ASSETS_LINES = 8500
Graph = Mapping[str, set[str]]


class Figure(NamedTuple):
    """A figure of the structure and the most it may be; None where nothing is promised."""

    name: str
    found: float
    limit: float | None
    where: str = ""


class Module(NamedTuple):
    """A module with its dotted name, text and syntax tree."""

    name: str
    path: Path
    lines: int
    tree: ast.Module


def main() -> int:
    """Print the table and return 1 if a limit is broken."""
    modules = {one.name: one for one in _modules()}
    graph = {name: set(_imports(one, modules)) - {name} for name, one in modules.items()}
    broken = False
    for figure in _figures(modules, graph):
        is_kept = figure.limit is None or figure.found <= figure.limit
        broken |= not is_kept
        limit = "" if figure.limit is None else f"at most {figure.limit:g}"
        mark = "" if is_kept else "BROKEN"
        print(
            f"{figure.name:<34} {figure.found:>7g}  {limit:<14} {mark:<6} {figure.where}".rstrip()
        )
    return int(broken)


def _figures(modules: Mapping[str, Module], graph: Graph) -> Iterator[Figure]:
    # Faces of packages that only say what the package is about are no modules.
    lines = {
        name: one.lines
        for name, one in modules.items()
        if one.path.name != "__init__.py" or one.lines >= 40
    }
    longest = max(lines, key=lambda name: lines[name])
    spans = dict(_functions(modules))
    slowest = max(spans, key=lambda name: spans[name])
    folders = _folders(modules)
    largest = max(folders, key=lambda folder: folders[folder])
    circles = [part for part in _components(graph) if len(part) > 1]
    yield Figure("lines", sum(lines.values()), None)
    yield Figure("modules", len(lines), None)
    yield Figure("lines a module, median", statistics.median(lines.values()), 120)
    yield Figure("lines a module, most", lines[longest], 300, longest)
    yield Figure("lines a function, 95th percentile", _percentile(list(spans.values()), 95), 40)
    yield Figure("lines a function, most", spans[slowest], 60, slowest)
    yield Figure("modules a folder, most", folders[largest], 17, largest)
    yield Figure("import circles", len(circles), 0, ", ".join(map(str, circles)))
    for package, limit in PACKAGES.items():
        chain = _longest_chain(_rooms(package, graph))
        yield Figure(f"floors of {package}", len(chain), limit, " > ".join(chain))
    for package in PACKAGES:
        own = sum(count for name, count in lines.items() if name.split(".")[0] == package)
        yield Figure(
            f"lines of {package}", own, MOST_ASSETS_LINES if package == "ejmap_assets" else None
        )


def _modules() -> Iterator[Module]:
    for package in PACKAGES:
        for path in sorted((CHECKOUT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            parts = path.relative_to(CHECKOUT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield Module(name, path, text.count("\n"), ast.parse(text))


def _imports(module: Module, modules: Mapping[str, Module]) -> Iterator[str]:
    skipped = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else node.module for name in full]
        else:
            continue
        yield from (name for name in names if name in modules)


def _functions(modules: Mapping[str, Module]) -> Iterator[tuple[str, int]]:
    for name, module in modules.items():
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                last = node.end_lineno or node.lineno
                yield f"{name}:{node.name}:{node.lineno}", last - node.lineno + 1


def _folders(modules: Mapping[str, Module]) -> dict[str, int]:
    folders: dict[str, int] = {}
    for module in modules.values():
        if module.path.name != "__init__.py":
            folder = str(module.path.parent.relative_to(CHECKOUT))
            folders[folder] = folders.get(folder, 0) + 1
    return folders


def _rooms(package: str, graph: Graph) -> Graph:
    def room(name: str) -> str:
        return ([*name.split("."), ""])[1]

    rooms: dict[str, set[str]] = {}
    for name, imported in graph.items():
        if name.split(".")[0] == package and name != package:
            own = {one for one in imported if one.split(".")[0] == package and one != package}
            rooms.setdefault(room(name), set()).update({room(one) for one in own} - {room(name)})
    return rooms


def _longest_chain(rooms: Graph) -> list[str]:
    def chain(room: str, above: frozenset[str]) -> list[str]:
        below = [
            chain(one, above | {room}) for one in sorted(rooms.get(room, ())) if one not in above
        ]
        return [room, *max(below, key=len, default=[])]

    return max((chain(room, frozenset()) for room in sorted(rooms)), key=len)


def _components(graph: Graph) -> list[list[str]]:
    """Return the strongly connected components (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            start = stack.index(name)
            found.append(sorted(stack[start:]))
            del stack[start:]

    for name in graph:
        if name not in index:
            visit(name)
    return found


def _percentile(values: list[int], share: int) -> int:
    ordered = sorted(values)
    return ordered[round(share / 100 * (len(ordered) - 1))]


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    sys.exit(main())
