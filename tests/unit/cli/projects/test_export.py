"""The parts that ``ejmap export`` offers."""

from ejmap_cli.main import main
from ejmap_cli.projects.export import PARTS
from ejmap_project.export import folder


def test_the_parts_that_can_be_asked_for_are_those_that_can_be_exported() -> None:
    """The command names them again, because importing the exports takes a second."""
    assert tuple(folder.PARTS) == PARTS


def test_a_part_that_does_not_exist_is_wrong_usage(tmp_path, capsys) -> None:
    """The message names the parts that there are."""
    assert main(["export", str(tmp_path), str(tmp_path / "out"), "--what", "nonsense"]) == 2
    assert "azimuthal-mosaics" in capsys.readouterr().err
