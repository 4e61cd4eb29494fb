"""Another promised recall makes the wider masks stale, and nothing that does not show them."""

from pathlib import Path

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import PROMISES, write_ready


def _project(folder: Path, mapping: str) -> OpenProject:
    write_ready(folder / "models", "ready_promise", conformal=PROMISES)
    (folder / "project.yaml").write_text(
        "source: {kind: synthetic, seed: 5}\n"
        "training: {kind: synthetic, seeds: [1]}\n"
        f"models: {{ejseg: ready_promise}}\n{mapping}"
    )
    return OpenProject.at(folder)


def test_only_the_wider_mask_depends_on_the_promised_recall(tmp_path: Path) -> None:
    """What is made from it becomes stale by its content."""
    keys = {"ejconn_model": "00|ejconn_tiny", "ejseg_model": "00|ready_promise"}
    keys |= {f"{kind}_samples": f"{kind}_tiny" for kind in ("ejconn", "ejseg")}
    rows = {name: row for name, row in LINEAGE.items() if not (row.is_optional or row.is_of_labels)}
    former = _project(tmp_path / "a", "")
    before = {name: row.settings(former, keys.get(name, "")) for name, row in rows.items()}

    asked = _project(tmp_path / "a", "mapping: {promised_recall: 0.8}\n")

    after = {name: row.settings(asked, keys.get(name, "")) for name, row in rows.items()}
    assert [name for name in rows if before[name] != after[name]] == ["promised_recall_mask"]
    assert (before["promised_recall_mask"], after["promised_recall_mask"]) == (0.9, 0.8)
