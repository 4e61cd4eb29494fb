"""A project is checked before anything is made."""

from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_project.settings.project import create_project


def test_an_unknown_preset_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is made."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    paths = create_project(tmp_path / "p", profile="demo")
    text = paths.settings.read_text().replace(
        "candidate: ejseg_polar_small", "candidate: ejseg_polr"
    )
    paths.settings.write_text(text)

    code = main(["run", str(tmp_path / "p")])

    assert code == 1
    assert "ejmap: there is no model configuration 'ejseg_polr'" in capsys.readouterr().err
    assert not paths.data.exists()
