"""The text of ``project.yaml``: a commented profile with the values of a person's files in it."""

import json
import re
from collections.abc import Mapping

from ejmap_project.settings.sources import FilesSource

# JSON escapes characters beyond it in a way that YAML reads as two.
LARGEST_ESCAPED = 0xFFFF
LINE = re.compile(r"(?P<indent> *)(?P<off># )?(?P<key>[a-z_]+):")


def lines_of(source: FilesSource) -> dict[str, object]:
    """Return what was stated of a source, by the beginning of its line."""
    stated = source.model_dump(mode="json", exclude={"kind"}, exclude_defaults=True)
    return {f"  {key}": value for key, value in stated.items()}


def with_values(text: str, values: Mapping[str, object]) -> str:
    """Replace the values of lines ``key: value  # comment`` and keep everything else.

    A line of a key that is commented out, such as ``  # masks: masks``, becomes one that counts.

    Args:
        text: The commented settings.
        values: Values by key, with the blanks before it.
    """
    lines: list[str] = []
    for line in text.splitlines():
        found = LINE.match(line)
        key = "" if found is None else found["indent"] + found["key"]
        if found is None or key not in values:
            lines.append(line)
            continue
        comment = "" if found["off"] else line.partition("  #")[2]
        lines.append(f"{key}: {_yaml(values[key])}" + (f"  #{comment}" if comment else ""))
    return "\n".join(lines) + "\n"


def _yaml(value: object) -> str:
    """Return a value on one line: JSON is YAML, but for characters that YAML must see escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(
        char if char.isprintable() or ord(char) > LARGEST_ESCAPED else f"\\u{ord(char):04x}"
        for char in text
    )
