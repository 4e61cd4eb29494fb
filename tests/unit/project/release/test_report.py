"""The report: one file without scripts, that escapes everything and is read by a machine, too."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import catalogue_from, craters_of, read_catalogue, write_catalogue
from ejmap_project.analysis.map_quantities import PatternsTable
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.release.embedded import embedded_array
from ejmap_project.release.make import AskedRelease, make_release
from ejmap_project.release.page import number_words
from ejmap_project.release_metadata.release_manifest import read_release_manifest
from tests.unit.project.release.conftest import KEYS, inventory_of, made_artefact

HOSTILE = "<script>alert(1)</script> \"x\" & 'y'"
VOID = frozenset({"br", "img", "meta"})


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold a tag to the one that is open."""
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words.append(data)

    def every(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of that name."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def page(mapped: OpenProject, release: Callable[..., Path]) -> Page:
    """The report of a planet with a crater of a hostile name."""
    body = mapped.settings.planet
    table = read_catalogue(mapped.paths.crater_catalogue, body=body)
    craters = craters_of(table)
    craters[0] = replace(craters[0], name=HOSTILE)
    write_catalogue(catalogue_from(craters, body), mapped.paths.crater_catalogue)
    return Page((release(mapped, "first") / "report.html").read_text(encoding="utf-8"))


def test_the_page_is_whole_and_needs_no_other_file(page: Page) -> None:
    """Every tag is closed, pictures are inside, nothing runs and nothing is fetched."""
    assert page.open == []
    assert {"script", "link", "iframe", "object", "form"}.isdisjoint(tag for tag, _ in page.tags)
    sources = [one["src"] or "" for one in page.every("img")]
    assert len(sources) == 1 + len(KEYS)
    assert all(one.startswith("data:image/webp;base64,") for one in sources)
    named = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in named if name.startswith("on")}
    style = "".join(page.words[: page.words.index("Skip to the content")])
    assert "url(" not in style
    assert "@import" not in style


def test_names_and_notes_are_text(page: Page) -> None:
    """They come from tables and from people."""
    assert HOSTILE in page.words
    assert "a <b>note</b>" in page.words
    assert "b" not in {tag for tag, _ in page.tags}


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    """Headings do not skip a level, pictures have words, links lead to a place in the page."""
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(one["alt"] for one in page.every("img"))
    assert all(one.get("scope") in {"col", "row"} for one in page.every("th"))
    ids = [one["id"] for _, one in page.tags if "id" in one]
    assert len(ids) == len({*ids})
    assert {(one["href"] or "")[1:] for one in page.every("a")} <= {*ids}
    assert page.every("html")[0]["lang"] == "en"


def test_quantities_stand_with_unit_and_interval(
    mapped: OpenProject, release: Callable[..., Path]
) -> None:
    """Values are those of the table, in four digits."""
    fields = PatternsTable.to_schema().columns
    zeros = {name: 0.0 if str(one.dtype) == "float64" else 0 for name, one in fields.items()}
    values = {name: [zero] * len(KEYS) for name, zero in zeros.items()}
    table = pd.DataFrame(values).assign(
        crater_id=range(1, len(KEYS) + 1),
        crater=list(KEYS),
        impact_class="not told",
        is_clean=True,
        ejecta_km2=1234567.8,
        ejecta_km2_low=1000.5,
        ejecta_km2_high=np.nan,
        reach_max_km=51.234,
        reach_max_km_low=40.0,
        reach_max_km_high=60.0,
    )
    mapped.paths.patterns.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(mapped.paths.patterns)
    inventory_has = {"global_map": {"outputs": (mapped.paths.patterns, *_map_files(mapped))}}

    text = (release(mapped, "first", **inventory_has) / "report.html").read_text(encoding="utf-8")

    row = text[text.index("Farthest ejecta") :]
    assert row[: row.index("</tr>")].count("51.23<br>40 to 60") == 1
    assert "<td>km</td>" in row[: row.index("</tr>")]
    assert "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}568" in text
    assert "1000.5 to" not in text


def _map_files(project: OpenProject) -> tuple[Path, ...]:
    paths = project.paths
    return (paths.preview, paths.label_map, paths.map_craters)


def test_every_crater_has_a_page(page: Page) -> None:
    """Headings are what the table of craters links to."""
    headings = [str(one["id"]) for one in page.every("h3") if "id" in one]

    assert sorted(headings) == [f"crater-{key}" for key in KEYS]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "\N{EN DASH}"),
        (float("nan"), "\N{EN DASH}"),
        (np.float64(0.00123456), "0.001235"),
        (1234.56, "1235"),
        (12345.6, "12\N{NARROW NO-BREAK SPACE}346"),
        (np.int64(7), "7"),
        (-0.5, "-0.5"),
        (9.9999, "10"),
        (3e-7, "3.000e-07"),
        (True, "yes"),
        ("words", "words"),
    ],
)
def test_numbers_are_short(value: object, words: str) -> None:
    """Four digits tell a measurement."""
    assert number_words(value) == words


def test_a_page_of_a_crater_is_small_enough_for_two_hundred() -> None:
    """Even a picture of noise over grey maps leaves room under 30 MB for its table."""
    rng = np.random.default_rng(1)
    smooth = np.linspace(0, 255, 1000)[None, :, None] * np.ones((686, 1, 3))
    noise = np.zeros((686, 1000, 3))
    noise[80:300, 100:900] = rng.normal(0, 25, (220, 800, 1))
    rgb = (smooth + noise).clip(0, 255).astype(np.uint8)

    found = embedded_array(rgb, alt="noise", width_px=1000)

    assert len(found.uri) < 120_000


def test_the_map_page_is_a_link_with_its_size(
    mapped: OpenProject, release: Callable[..., Path]
) -> None:
    """It lies in the release; the report says how many bytes its files take."""
    folder_of_page = mapped.paths.map_page
    (folder_of_page / "data").mkdir(parents=True)
    (folder_of_page / "index.html").write_bytes(b"x" * 700_000)
    (folder_of_page / "data" / "facts.js").write_bytes(b"x" * 1_600_000)
    inventory = inventory_of(mapped)
    paged = replace(
        inventory, made=(*inventory.made, made_artefact("map_page", outputs=(folder_of_page,)))
    )

    told = make_release(
        mapped, AskedRelease(name="paged"), lambda: paged, progress=Silence()
    ).metadata

    folder = Path(str(told["path"]))
    page = read_release_manifest(folder).map_page
    assert page == ("data/map/page/index.html", 2_300_000)
    assert (folder / page.path).is_file()
    text = (folder / "report.html").read_text()
    assert '<a href="data/map/page/index.html">The map page</a> (2.3 MB' in text
    assert read_release_manifest(release(mapped, "bare")).map_page is None


@pytest.mark.parametrize(("rows", "is_shown"), [(1, True), (0, False)])
def test_what_holds_nothing_has_no_section(mapped: OpenProject, rows: int, is_shown: bool) -> None:
    """Such as the scores of a planet of which no ejecta are known."""
    path = mapped.paths.folder / "evaluation.parquet"
    pd.DataFrame({"pixel_f1": [0.5] * rows}).to_parquet(path)
    inventory = inventory_of(mapped)
    scored = (*inventory.made, made_artefact("evaluation", outputs=(path,)))
    whole = replace(inventory, made=scored)

    made = make_release(mapped, AskedRelease(name="scored"), lambda: whole, progress=Silence())

    text = (Path(str(made.metadata["path"])) / "report.html").read_text(encoding="utf-8")
    assert ("Agreement with known ejecta" in text) is is_shown
