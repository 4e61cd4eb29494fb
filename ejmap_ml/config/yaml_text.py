"""YAML as settings use it: each key once, no aliases, bounded in size and depth."""

from typing import Any

import yaml

LARGEST_CHARACTERS = 2**20
DEEPEST = 50


class SettingsLoader(yaml.SafeLoader):
    """Refuses what YAML allows and settings do not mean: a key twice, aliases, deep nesting.

    Of two equal keys YAML takes the last without a word. A few lines of aliases of aliases stand
    for billions of values.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node that is no alias and not too deep."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(
                problem=f"aliases (*{event.anchor:.40}) are not read; write the value out",
                problem_mark=event.start_mark,
            )
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"more than {DEEPEST} levels; write fewer",
                problem_mark=self.peek_event().start_mark,
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401 - whatever it holds
        """Return a value; one that looks like a number or a date and is none is refused."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError) as error:
            raise yaml.MarkedYAMLError(
                problem=f"{node.value!s:.40} is no value ({error!s:.60}); correct it, or quote it",
                problem_mark=node.start_mark,
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping whose keys differ."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float)):
                continue
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key!r:.40} stands there twice; remove one of them",
                    problem_mark=key_node.start_mark,
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def load_yaml(text: str, loader: type[SettingsLoader] = SettingsLoader) -> Any:  # noqa: ANN401 - whatever it holds
    """Return what a text in YAML holds.

    Raises:
        YAMLError: If it is no YAML, larger than settings are, or holds what settings do not mean.
    """
    if len(text) > LARGEST_CHARACTERS:
        raise yaml.YAMLError(
            f"{len(text)} characters, more than the {LARGEST_CHARACTERS} that settings may have; "
            "leave out what is none"
        )
    return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
