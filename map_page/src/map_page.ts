/** The map with its layers, and how they follow the state. */

import OlMap from "ol/Map.js";
import View from "ol/View.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import { setUpAbout } from "./about";
import { Basemap } from "./basemap";
import { CraterLayer } from "./crater_layer";
import { CraterList } from "./crater_list";
import type { Crater, Facts, LonLat, Profile } from "./data";
import { Details } from "./details";
import { byId, tell } from "./dom";
import { EjectaLayer } from "./ejecta_layer";
import { FrameLayer } from "./frame_layer";
import { Graticule } from "./graticule";
import { radios, setUpLayers, tellLoading, updateLayers } from "./layer_panel";
import { linkOf, readLink, type Sight } from "./link";
import { overlapPalette, shadePalette } from "./palettes";
import { PlaceLayer } from "./place_layer";
import { Probe } from "./probe";
import { placeOf, ScaleBar } from "./scale_bar";
import { ShadeLayer, surest } from "./shade_layer";
import type { Ring } from "./shapes";
import { angleBetween } from "./sphere";
import { type Change, type State, Store } from "./state";
import { type PlanetView, type ViewName, Views } from "./views";

const FINEST_PX = 4;
const MOVE_MS = 350;
// A crater that is searched for is shown with this many of its radii on either side.
const SEEN_RADII = 12;
const HIT_PX = 8;
const DISC_MARGIN = 1.08;

export interface Given {
  facts: Facts;
  outlines: ReadonlyMap<number, Ring[][]>;
  overlaps: Uint8Array;
  profiles: Record<string, Profile>;
}

export class MapPage {
  private readonly facts: Facts;
  private readonly views: Views;
  private readonly probe: Probe;
  private readonly store: Store;
  private readonly map: OlMap;
  private readonly basemap: Basemap;
  private readonly ejecta: EjectaLayer;
  private readonly craters: CraterLayer;
  private readonly frame = new FrameLayer();
  private readonly places = new PlaceLayer();
  private readonly shade: ShadeLayer;
  private readonly overlapping: ShadeLayer;
  private readonly graticule: Graticule;
  private readonly scale: ScaleBar;
  private view: PlanetView;

  constructor(given: Given) {
    const { facts } = given;
    this.facts = facts;
    this.views = new Views(facts);
    this.probe = new Probe(facts);
    const linked = readLink(location.hash, new Set(facts.craters.map((one) => one.id)));
    this.store = new Store({
      view: "cylindrical",
      about: facts.craters[0]?.at ?? [0, 0],
      selected: null,
      place: null,
      hidden: new Set(),
      shade: "none",
      overlaps: true,
      names: true,
      graticule: true,
      ...linked.state,
    });
    this.basemap = new Basemap(facts, this.views);
    this.ejecta = new EjectaLayer(facts.craters, given.outlines);
    this.craters = new CraterLayer(facts.craters, facts.radius_m);
    this.overlapping = new ShadeLayer(this.probe, 4);
    this.shade = new ShadeLayer(this.probe, 5);
    this.map = new OlMap({
      target: "map",
      controls: [],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
    });
    this.graticule = new Graticule(this.map, facts.radius_m);
    this.scale = new ScaleBar(this.map);
    this.map.setLayers([
      this.basemap.layer,
      this.overlapping.layer,
      this.shade.layer,
      this.ejecta.layer,
      this.graticule.lines,
      this.frame.layer,
      this.craters.layer,
      this.graticule.labels,
      this.places.layer,
    ]);
    this.overlapping.setCells(given.overlaps, overlapPalette());
    this.view = this.views.get(this.store.state.view, this.store.state.about);
    this.setUp(given);
    this.enter(this.view, linked.sight);
    this.store.change(this.store.state);
  }

  private setUp({ facts, profiles }: Given): void {
    const choose = (crater: Crater): void => this.choose(crater);
    const list = new CraterList(facts.craters, this.store, choose);
    const details = new Details(facts, profiles, this.probe, {
      choose,
      centerOn: choose,
      close: (what) => this.store.change({ [what]: null }),
    });
    this.store.listen((state, change) => {
      this.follow(state, change);
      list.update(state);
      details.update(state, change);
      updateLayers(state, this.crater(state.selected)?.label ?? null);
    });
    setUpLayers(this.store);
    setUpAbout(facts);
    for (const input of radios("view")) {
      input.addEventListener("change", () => this.change(input.value as ViewName));
    }
    byId("zoom-in").addEventListener("click", () => this.zoom(1));
    byId("zoom-out").addEventListener("click", () => this.zoom(-1));
    byId("zoom-all").addEventListener("click", () => this.enter(this.view, null));
    this.map.on("singleclick", ({ coordinate }) => this.ask(placeOf(this.view, coordinate)));
    byId("map").addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.ask(placeOf(this.view, this.map.getView().getCenter() ?? []));
    });
    this.map.on("moveend", () => this.link());
    window.addEventListener("hashchange", () => this.restore());
  }

  /** Show what has changed. */
  private follow(state: State, change: Change): void {
    if ("selected" in change || "hidden" in change || "shade" in change) this.ejecta.update(state);
    if ("selected" in change || "names" in change) this.craters.update(state);
    if ("place" in change) this.places.show(this.view, state.place);
    if ("overlaps" in change) this.overlapping.layer.setVisible(state.overlaps);
    if ("graticule" in change) this.graticule.setVisible(state.graticule);
    const isOther = "shade" in change || "selected" in change || "hidden" in change;
    if (isOther) void this.shadeBy(state);
    this.link();
  }

  private async shadeBy(state: State): Promise<void> {
    const { shade } = state;
    if (shade === "none") {
      this.shade.setCells(null, new Uint8ClampedArray(1024));
      return;
    }
    const one = this.crater(state.selected);
    const craters = (one === undefined ? this.facts.craters : [one]).filter(
      (crater) => crater.probe !== null && !state.hidden.has(crater.id),
    );
    let done = 0;
    const grids = await Promise.all(
      craters.map(async (crater) => {
        const grid = await this.probe.grid(crater);
        done += 1;
        tellLoading(done, craters.length);
        return grid;
      }),
    );
    // Something else may have been chosen while the values were loaded.
    if (this.store.state !== state) return;
    updateLayers(state, one?.label ?? null);
    this.shade.setCells(surest(grids, this.probe), shadePalette(shade, this.probe));
  }

  private change(name: ViewName): void {
    const about = this.crater(this.store.state.selected)?.at ?? this.store.state.place ?? this.middle();
    this.store.change({ view: name, about: name === "azimuthal" ? about : this.store.state.about });
    const one = this.crater(this.store.state.selected);
    const isAbout = name === "azimuthal" && one !== undefined;
    const sight = isAbout ? { center: one.at, m_per_px: this.closeUp(one) } : null;
    this.enter(this.views.get(name, this.store.state.about), sight);
    tell(`${byId("views").querySelector("input:checked + span")?.textContent ?? name} view`);
  }

  /** Bring a view to the window: all of it, or what was seen before. */
  private enter(view: PlanetView, sight: Sight | null): void {
    const isOther = this.view !== view || this.map.getView().getProjection() !== view.projection;
    this.view = view;
    const [width = 1, height = 1] = this.map.getSize() ?? [];
    const around = view.edge_m > 0 ? 2 * view.edge_m : 4 * view.half_m;
    const whole = Math.max(around / width, (2 * view.half_m) / height);
    const widest = view.edge_m > 0 ? whole * DISC_MARGIN : whole;
    if (isOther) {
      const { levels, tile_px } = this.facts.tiles;
      const finest = (2 * Math.PI * this.facts.radius_m) / (tile_px * 2 ** levels);
      const [west = 0, south = 0, east = 0, north = 0] = view.projection.getExtent();
      // Around the planet there is no end.
      const [left, right] = view.edge_m > 0 ? [west, east] : [-Infinity, Infinity];
      this.map.setView(
        new View({
          projection: view.projection,
          center: view.toPlane(view.center),
          resolution: widest,
          // OpenLayers zooms by whole powers of two.
          minResolution: widest / 2 ** Math.ceil(Math.log2((FINEST_PX * widest) / finest)),
          maxResolution: widest,
          enableRotation: false,
          smoothExtentConstraint: false,
          smoothResolutionConstraint: false,
          constrainOnlyCenter: true,
          extent: [left, south, right, north],
        }),
      );
      this.basemap.show(view);
      this.ejecta.show(view);
      this.craters.show(view);
      this.frame.show(view);
      this.shade.show(view);
      this.overlapping.show(view);
      this.graticule.show(view);
      this.scale.show(view);
      this.places.show(view, this.store.state.place);
    }
    const center = sight === null ? view.toPlane(view.center) : view.toPlane(sight.center);
    this.map.getView().setCenter(center);
    this.map.getView().setResolution(sight?.m_per_px ?? widest);
  }

  private choose(crater: Crater): void {
    this.store.change({ selected: crater.id });
    const isFar = angleBetween(this.view.center, crater.at) > 1.5;
    if (this.store.state.view === "azimuthal") {
      this.store.change({ about: crater.at });
      const sight = { center: crater.at, m_per_px: this.closeUp(crater) };
      this.enter(this.views.get("azimuthal", crater.at), sight);
    } else if (this.view.edge_m > 0 && isFar) {
      this.change("cylindrical");
      this.moveTo(crater);
    } else {
      this.moveTo(crater);
    }
    tell(`${crater.label} is chosen`);
  }

  private moveTo(crater: Crater): void {
    const view = this.map.getView();
    const [x, y] = this.view.toPlane(crater.at);
    const turn = 4 * this.view.half_m;
    const now = view.getCenter()?.[0] ?? 0;
    // The shorter way around.
    const near = this.view.edge_m > 0 ? x : x + Math.round((now - x) / turn) * turn;
    const resolution = Math.min(view.getResolution() ?? Number.POSITIVE_INFINITY, this.closeUp(crater));
    const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    view.cancelAnimations();
    view.animate({ center: [near, y], resolution, duration: isStill ? 0 : MOVE_MS });
  }

  private closeUp(crater: Crater): number {
    const [width = 600, height = 600] = this.map.getSize() ?? [];
    return (2 * SEEN_RADII * crater.radius_m) / Math.min(width, height);
  }

  private ask(place: LonLat | null): void {
    if (place === null) {
      tell("This is beside the planet");
      return;
    }
    const hit = this.hit(place);
    this.store.change({ place, ...(hit === undefined ? {} : { selected: hit.id }) });
  }

  /** Return the smallest crater whose rim goes around a place, or whose mark lies there. */
  private hit(place: LonLat): Crater | undefined {
    const { radius_m } = this.facts;
    const least_m = HIT_PX * (this.map.getView().getResolution() ?? 0);
    return this.facts.craters
      .filter(
        (one) => angleBetween(place, one.at) * radius_m <= Math.max(one.radius_m, least_m),
      )
      .sort((a, b) => a.radius_m - b.radius_m)[0];
  }

  private zoom(steps: number): void {
    const view = this.map.getView();
    view.cancelAnimations();
    view.animate({ zoom: (view.getZoom() ?? 0) + steps, duration: MOVE_MS / 2 });
  }

  private middle(): LonLat {
    return placeOf(this.view, this.map.getView().getCenter() ?? []) ?? this.view.center;
  }

  private crater(id: number | null): Crater | undefined {
    return this.facts.craters.find((one) => one.id === id);
  }

  private link(): void {
    const m_per_px = this.map.getView().getResolution();
    if (m_per_px === undefined) return;
    const link = linkOf(this.store.state, { center: this.middle(), m_per_px });
    if (link !== location.hash) history.replaceState(null, "", link);
  }

  /** Follow a link within the page, such as one that was pasted into the address. */
  private restore(): void {
    const ids = new Set(this.facts.craters.map((one) => one.id));
    const { state, sight } = readLink(location.hash, ids);
    this.store.change({ selected: null, place: null, shade: "none", ...state });
    this.enter(this.views.get(this.store.state.view, this.store.state.about), sight);
  }
}
