"""The map page in a real browser: from disk, from a plain web server, and from our webserver."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from ejmap_geo.grids.body import MERCURY
from ejmap_project.open_project import OpenProject
from tests.browser.devtools import Page
from tests.browser.map_page_servers import our_server, plain_server
from tests.mapped_discs import CRATERS, GRID, SURE
from tests.mapped_page import HOSTILE, MARKS, NAMES, write_mapped_page

pytestmark = pytest.mark.browser

AXE = resources.files("axe_core_python") / "axe.min.js"
READY = "document.querySelectorAll('#craters li').length === 3 && location.hash !== ''"
ORIGINS = ("disk", "plain", "ours")
SCALE_M = 4000.0
# Half a pixel of the mosaic.
MARK_SCALE_M = GRID.resolution_m / 2
PLAIN = "off=overlaps,names,graticule&hidden=1,2,3"


class Sight:
    """Where places lie in the window, by PROJ."""

    def __init__(self, page: Page, projection: str) -> None:
        radius = f"+R={MERCURY.radius_m} +units=m +no_defs"
        self._project = Transformer.from_crs(
            f"+proj=longlat {radius}", f"{projection} {radius}", always_xy=True
        )
        box = page.value(
            "(({x,y,width,height}) => [x,y,width,height])(map.getBoundingClientRect())"
        )
        parts = dict(part.split("=") for part in page.value("location.hash")[1:].split("&"))
        self._middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
        self._center = np.array(self._project.transform(*map(float, parts["at"].split(","))))
        self.m_per_px = float(parts["scale"])

    def pixel(self, lon_deg: float, lat_deg: float) -> np.ndarray:
        """Return x and y in the window."""
        away = (np.array(self._project.transform(lon_deg, lat_deg)) - self._center) / self.m_per_px
        return self._middle + away * [1, -1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project of three discs with a map page."""
    return write_mapped_page(tmp_path_factory.mktemp("map_page"))


@pytest.fixture
def shown(page: Page, project: OpenProject) -> Callable[..., Page]:
    """Give what opens the page from disk, with a link."""

    def show(link: str = "", *, size: tuple[int, int] = (1280, 800)) -> Page:
        page.events.clear()
        page.open("about:blank")
        page.open(f"{_index(project).as_uri()}#{link}", size=size)
        page.until(READY)
        page.listen(0.4)
        return page

    return show


def _index(project: OpenProject) -> Path:
    return project.paths.map_page / "index.html"


@contextmanager
def _served(project: OpenProject, origin: str) -> Generator[str]:
    if origin == "disk":
        yield _index(project).as_uri()
        return
    paths = project.paths
    server = plain_server(paths.map_page) if origin == "plain" else our_server(paths)
    with server as address:
        yield address


def _search(page: Page, text: str) -> None:
    page.value("query.value = ''; query.focus()")
    page.type(text)
    page.press("Enter")
    page.listen(0.8)


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_page_opens_without_an_error(page: Page, project: OpenProject, origin: str) -> None:
    """All craters by name, tiles of the mosaic, and a probe that loads a script of values."""
    with _served(project, origin) as address:
        page.events.clear()
        page.open("about:blank")
        page.open(address)
        page.until(READY)
        page.value("map.focus()")
        page.press("Enter")
        page.until("document.querySelector('#details h2')")
        page.listen(0.5)

        names = page.value(
            "[...document.querySelectorAll('#craters button')].map(b => b.firstChild.textContent)"
        )
        tiles = page.value(
            "performance.getEntriesByType('resource').filter(r => /tiles/.test(r.name)).length"
        )

    assert page.complaints() == []
    assert sorted(names) == sorted(NAMES.values())
    assert tiles > 0 or origin == "disk"


def test_a_hostile_name_stays_text(shown: Callable[..., Page]) -> None:
    """It is shown letter by letter and made into nothing else; not even the rules are asked."""
    page = shown("crater=2")

    assert page.value("document.querySelector('#details h2').textContent") == HOSTILE
    assert page.value("document.title") == "Ejecta on Mercury"
    assert page.value("document.querySelectorAll('img').length") == 0
    assert page.complaints() == []


def test_html_in_a_script_is_refused(shown: Callable[..., Page]) -> None:
    """The rules of the page forbid what its program never does."""
    page = shown()

    refused = page.value(
        "(() => { try { document.body.insertAdjacentHTML('beforeend', '<b>x</b>'); return ''; }"
        " catch (error) { return error.name; } })()"
    )

    assert refused == "TypeError"


@pytest.mark.parametrize("sought", ["polaris", "alvar", "ÅL"])
def test_a_search_centres_the_crater(shown: Callable[..., Page], sought: str) -> None:
    """By any part of its name, without accents and in any case."""
    page = shown()

    _search(page, sought)

    crater = CRATERS[2] if sought == "polaris" else CRATERS[0]
    link = page.value("location.hash")
    assert f"at={crater.center.lon_deg:g},{crater.center.lat_deg:g}" in link
    assert f"crater={crater.crater_id}" in link
    assert page.value("document.querySelector('#details h2').textContent") == crater_name(
        crater.crater_id
    )
    assert page.value(
        "document.querySelector('svg.profile').getAttribute('aria-label')"
    ).startswith(f"Profile of {crater_name(crater.crater_id)}: ejecta cover")


def crater_name(crater_id: int) -> str:
    """Return the name of a crater of the page."""
    return NAMES[crater_id]


def test_a_box_hides_the_ejecta_of_its_crater(shown: Callable[..., Page], tmp_path: Path) -> None:
    """The disc about crater 1 is coloured, and is not any more; the link keeps it so."""
    link = f"at=178,3&scale={SCALE_M * 4:g}&off=overlaps,names,graticule"
    page = shown(link)
    at = Sight(page, "+proj=eqc").pixel(170, 3)
    before = _color(page, tmp_path, at)

    page.value(f"document.querySelector('input[aria-label=\"Ejecta of {NAMES[1]}\"]').click()")
    page.listen(0.8)

    after = _color(page, tmp_path, at)
    assert np.ptp(before) > 20, "a colour"
    assert np.ptp(after) <= 3, "grey"
    assert "hidden=1" in page.value("location.hash")


@pytest.mark.parametrize(
    ("view", "at"), [("south", (30, -88)), ("azimuthal", (-2, -3)), ("north", (30, 70))]
)
def test_ejecta_on_the_far_side_colour_nothing(
    shown: Callable[..., Page], tmp_path: Path, view: str, at: tuple[int, int]
) -> None:
    """Opposite to a crater its ring runs around the view: what lies outside of it is filled."""
    lon, lat = at
    page = shown(f"view={view}&about=-2,-3&at={lon},{lat}&scale=9000&off=overlaps,names,graticule")
    page.listen(0.8)

    rgb = np.asarray(Image.open(page.picture(tmp_path / "page.png")).convert("RGB"), int)

    assert np.ptp(rgb[380:420, 774:814], axis=2).max() <= 3


def test_a_click_in_an_overlap_ranks_both_craters(shown: Callable[..., Page]) -> None:
    """Across the antimeridian: both claim the place, the surer first, with probabilities."""
    page = shown(f"at=-174.5,3&scale={SCALE_M * 4:g}")
    at = Sight(page, "+proj=eqc").pixel(-174.5, 3)

    page.click(*at)
    page.until("document.querySelectorAll('.claims li').length === 2")

    told = page.value("[...document.querySelectorAll('.claims li')].map(li => li.innerText)")
    assert [round(100 * SURE[2]), round(100 * SURE[1])] == [85, 60]
    assert "84%" in told[0] or "86%" in told[0], "85 % in steps of 2 %"
    assert "60%" in told[1]
    assert all("claims it" in one for one in told)
    assert page.value("told.textContent").startswith("3.00°N 174.50°W: ")


@pytest.mark.parametrize(
    ("view", "projection", "least"),
    [
        ("cylindrical", "+proj=eqc", 4),
        ("north", "+proj=stere +lat_0=90", 3),
        ("south", "+proj=stere +lat_0=-90", 1),
        ("azimuthal", "+proj=aeqd +lon_0=178 +lat_0=3", 4),
    ],
)
def test_marks_of_the_mosaic_lie_where_they_should(
    shown: Callable[..., Page], tmp_path: Path, view: str, projection: str, least: int
) -> None:
    """To a pixel, by PROJ: at the antimeridian and near both poles too."""
    measured = 0
    for mark in MARKS:
        if (view, mark.lat_deg > 0) in {("north", False), ("south", True)}:
            continue
        lon, lat = mark
        page = shown(f"view={view}&about=178,3&at={lon},{lat}&scale={MARK_SCALE_M}&{PLAIN}")
        page.listen(1.5)
        x, y = Sight(page, projection).pixel(lon, lat)
        found = _brightest(_grey(page, tmp_path), x, y)
        assert found == pytest.approx((x, y), abs=1.0), (view, mark)
        measured += 1
    assert measured == least


@pytest.mark.parametrize("view", ["cylindrical", "north", "azimuthal"])
def test_a_click_on_a_crater_tells_its_place_and_profile(
    shown: Callable[..., Page], view: str
) -> None:
    """Where PROJ places the crater at the pole, in each view."""
    projection = {
        "cylindrical": "+proj=eqc",
        "north": "+proj=stere +lat_0=90",
        "azimuthal": "+proj=aeqd +lon_0=20 +lat_0=89.5",
    }[view]
    crater = CRATERS[2]
    page = shown(f"view={view}&about=20,89.5&at=20,88&scale={SCALE_M:g}")
    x, y = Sight(page, projection).pixel(*crater.center)

    page.click(x, y)
    page.until("document.querySelectorAll('#details section').length === 2")
    page.until("document.querySelector('.claims') !== null")

    assert page.value("document.querySelectorAll('#details h2')[1].textContent") == NAMES[3]
    place = page.value("location.hash").partition("place=")[2].split(",")
    assert [float(one) for one in place] == pytest.approx([20, 89.5], abs=0.05)
    assert NAMES[3] in page.value("document.querySelector('.claims').innerText")


def test_a_link_restores_the_view(shown: Callable[..., Page]) -> None:
    """View, place, crater, hidden ejecta and layers; a link within the page is followed too."""
    link = (
        "view=south&at=40,-70&scale=5000&crater=1&place=-170,3&hidden=3&shade=uncertainty&off=names"
    )
    page = shown(link)

    first = page.value("location.hash")
    page.value("location.hash = '#view=north&at=10,80&scale=4500'")
    page.listen(0.5)

    assert dict(one.split("=") for one in first[1:].split("&")) == {
        **dict(one.split("=") for one in link.split("&")),
        "scale": "5000.0",
    }
    assert page.value("location.hash").startswith("#view=north&at=10,80&scale=4500")
    assert page.value("document.querySelector('input[name=view]:checked').value") == "north"


def test_a_link_that_makes_no_sense_is_left_out(shown: Callable[..., Page]) -> None:
    """Whatever stands there, the page opens as it would without."""
    page = shown(
        "view=__proto__&at=900,1e99&scale=-3&crater=99&place=x&hidden=,,7,%00&shade=<b>&=&&"
    )

    assert page.value("location.hash").startswith("#view=cylindrical&at=0,0&scale=")
    assert page.complaints() == []


def test_shades_follow_the_probabilities(shown: Callable[..., Page], tmp_path: Path) -> None:
    """Where the network is 85 % sure the mask is wrong with 15 %; far off nothing is shaded."""
    for shade, share in (("probability", 0.85), ("uncertainty", 0.15 / 0.5)):
        page = shown(
            f"at=-167,3&scale={SCALE_M * 4:g}&crater=2&shade={shade}&hidden=1"
            "&off=overlaps,names,graticule"
        )
        page.until("document.querySelectorAll('.ramp').length === 1")
        page.listen(1.0)
        sight = Sight(page, "+proj=eqc")
        inside = _color(page, tmp_path, sight.pixel(-160, 5))
        beside = _color(page, tmp_path, sight.pixel(-137, 3))
        ramp = page.value(
            "getComputedStyle(document.querySelector('.ramp')).backgroundImage.match(/rgb[^)]*/g)"
            ".map(one => one.match(/[0-9]+/g).map(Number))"
        )
        expected = np.array(ramp)[round(share * (len(ramp) - 1))]
        assert np.abs(np.argsort(inside) - np.argsort(expected)).sum() == 0, (
            shade,
            inside,
            expected,
        )
        assert np.ptp(beside) <= 3


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
def test_no_control_lies_on_another(shown: Callable[..., Page], size: tuple[int, int]) -> None:
    """In windows of both sizes, with a crater and a place chosen; nothing sticks out."""
    page = shown("crater=1&place=178,3&shade=probability", size=size)
    page.listen(0.5)

    boxes = page.value(
        "['side', 'views', 'zoom', 'layers', 'scale', 'cursor'].map(id => {"
        " const {left, top, right, bottom} = document.getElementById(id).getBoundingClientRect();"
        " return [id, left, top, right, bottom]; }).filter(box => box[3] > box[1])"
    )

    for number, (one, left, top, right, bottom) in enumerate(boxes):
        assert min(left, top) >= 0, one
        assert (right, bottom) <= size, one
        for other, left2, top2, right2, bottom2 in boxes[number + 1 :]:
            apart = right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
            assert apart, (one, other)
    assert page.value("document.documentElement.scrollWidth") <= size[0]


def test_the_keyboard_reaches_everything(shown: Callable[..., Page]) -> None:
    """Tab goes through search, list, buttons, map and layers; arrows move the map."""
    page = shown()
    page.value("document.body.focus()")
    reached: list[str] = []
    for _ in range(40):
        page.press("Tab")
        reached.append(page.value("document.activeElement.id || document.activeElement.name || ''"))

    wanted = ["query", "show-all", "hide-all", "about-open", "copy-link", "map", "view", "zoom-in"]
    places = [reached.index(one) for one in wanted]
    assert places == sorted(places)
    page.value("map.focus()")
    before = page.value("location.hash")
    page.press("ArrowRight")
    page.listen(0.6)
    assert page.value("location.hash") != before
    assert page.value("getComputedStyle(document.getElementById('aim')).display") == "block"


@pytest.mark.parametrize("link", ["", "view=north&crater=3&place=20,89.5&shade=probability"])
def test_axe_finds_nothing_serious(shown: Callable[..., Page], link: str) -> None:
    """The rules of axe-core for WCAG 2.1, levels A and AA, and best practices."""
    page = shown(link)
    page.ask("Runtime.evaluate", expression=AXE.read_text())

    found = page.value(
        "axe.run().then(({violations}) => violations.filter(one => "
        "['serious','critical'].includes(one.impact)).map(one => "
        "[one.id, one.nodes.map(node => node.target.join(' ') + node.failureSummary).join('; ')]))"
    )

    assert found == []


def _grey(page: Page, folder: Path) -> np.ndarray:
    return np.asarray(Image.open(page.picture(folder / "page.png")).convert("L"), float)


def _color(page: Page, folder: Path, at: np.ndarray) -> np.ndarray:
    rgb = np.asarray(Image.open(page.picture(folder / "page.png")).convert("RGB"), int)
    return rgb[round(at[1]), round(at[0])]


def _brightest(grey: np.ndarray, x: float, y: float, reach: int = 24) -> tuple[float, float]:
    """Return the middle of what is bright near a point; pixels count from their centres."""
    left, top = round(x) - reach, round(y) - reach
    part = grey[top : top + 2 * reach, left : left + 2 * reach]
    weight = np.clip(part - part.max() / 2, 0, None)
    rows, cols = np.indices(part.shape) + 0.5
    return (
        float((cols * weight).sum() / weight.sum() + left),
        float((rows * weight).sum() / weight.sum() + top),
    )
