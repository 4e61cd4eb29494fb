"""A planet of three craters that is mapped by `ejmap run` in processes of its own."""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.sameness import differences, digests_of
from tests.faults.warm import Command, Ended, ejmap
from tests.tiny_presets import EJCONN, POLAR

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml, iterations: 1}
mapping: {tile_side_px: 32}
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """A project and the processes that map it."""

    folder: Path

    @classmethod
    def new(cls, folder: Path, *, craters: int = 3) -> "Chain":
        """Write a project of which nothing was made, with so many craters to map."""
        folder.mkdir(parents=True)
        settings = SETTINGS.replace("craters: 3}", f"craters: {craters}}}", 1)
        (folder / "project.yaml").write_text(settings)
        (folder / "ejconn_test.yaml").write_text(EJCONN)
        (folder / "ejseg_test.yaml").write_text(POLAR)
        return cls(folder)

    def copy(self, folder: Path) -> "Chain":
        """Return another project with the same files and history."""
        shutil.copytree(self.folder, folder)
        return Chain(folder)

    def start(
        self, word: str = "run", *rest: str, variables: Mapping[str, str] | None = None
    ) -> Command:
        """Start `ejmap WORD FOLDER`."""
        return Command(word, str(self.folder), *rest, variables=variables)

    def run(
        self, word: str = "run", *rest: str, variables: Mapping[str, str] | None = None
    ) -> Ended:
        """Run `ejmap WORD FOLDER` to its end."""
        return ejmap(word, str(self.folder), *rest, variables=variables)

    def require_same(
        self,
        other: "Chain",
        *,
        variables: Mapping[str, str] | None = None,
        besides: Collection[str] = (),
    ) -> None:
        """Finish the project, and require that it holds what another one holds.

        Args:
            other: The other project.
            variables: The environment that names its history.
            besides: Files that may differ.
        """
        done = self.run(variables=variables)
        assert done.code == 0, done.text
        found = differences(digests_of(self.folder), digests_of(other.folder))
        found = [name for name in found if name not in besides]
        assert not found, f"{found} differ\n{done.text}"
        verified = self.run("verify", variables=variables)
        assert verified.code == 0, verified.text
