/** Meridians and parallels, with their degrees where they enter the window. */

import Feature from "ol/Feature.js";
import type OlMap from "ol/Map.js";
import LineString from "ol/geom/LineString.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Coordinate } from "ol/coordinate.js";
import { containsCoordinate } from "ol/extent.js";
import type { LonLat } from "./data";
import { angleBetween, wrapped } from "./sphere";
import type { PlanetView } from "./views";

const STEPS_DEG = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1];
const LEAST_PX = 90;
const CLOSEST_DEG = 10;
// A parallel along the edge of a disc is the edge.
const INSIDE = 0.999;
const LINE_POINTS = 181;
// Points a side by which the window of a disc is measured.
const SAMPLES = 17;
// Labels keep off the edge of the window, and off its controls at the top.
const INSET_PX = { side: 26, top: 60, bottom: 14 };
const TEXT = "text";

export class Graticule {
  readonly lines: VectorLayer<VectorSource>;
  readonly labels: VectorLayer<VectorSource>;
  private view: PlanetView | undefined;

  constructor(
    private readonly map: OlMap,
    private readonly radius_m: number,
  ) {
    const stroke = new Stroke({ color: "#dfe7ef55", width: 1 });
    const source = () => new VectorSource({ wrapX: false });
    this.lines = new VectorLayer({ source: source(), zIndex: 20, style: new Style({ stroke }) });
    const text = new Text({
      font: "11px system-ui, sans-serif",
      fill: new Fill({ color: "#d5dde5" }),
      stroke: new Stroke({ color: "#0b0e12cc", width: 3 }),
    });
    const style = new Style({ text });
    this.labels = new VectorLayer({
      source: source(),
      zIndex: 41,
      declutter: true,
      style: (feature) => {
        text.setText(String(feature.get(TEXT)));
        return style;
      },
    });
    map.on("moveend", () => this.draw());
  }

  show(view: PlanetView): void {
    this.view = view;
    this.draw();
  }

  setVisible(isVisible: boolean): void {
    this.lines.setVisible(isVisible);
    this.labels.setVisible(isVisible);
  }

  private draw(): void {
    const resolution = this.map.getView().getResolution();
    const size = this.map.getSize();
    if (this.view === undefined || resolution === undefined || size === undefined) return;
    const perDegree = (this.radius_m * Math.PI) / 180 / resolution;
    const step = [...STEPS_DEG].reverse().find((one) => one * perDegree >= LEAST_PX) ?? 30;
    const lines: Feature[] = [];
    const labels: Feature[] = [];
    for (const { text, path } of this.paths(step)) {
      for (const part of this.parts(path)) {
        lines.push(new Feature(new LineString(part)));
        const at = this.entrance(part, size);
        if (at !== undefined) labels.push(new Feature({ geometry: new Point(at), [TEXT]: text }));
      }
    }
    for (const [layer, features] of [
      [this.lines, lines],
      [this.labels, labels],
    ] as const) {
      layer.getSource()?.clear(true);
      layer.getSource()?.addFeatures(features);
    }
  }

  /** Yield the lines near the window; in the cylindrical view they run on beyond one turn. */
  private *paths(step: number): Generator<{ text: string; path: LonLat[] }> {
    const isDisc = (this.view?.edge_m ?? 0) > 0;
    const [west, south, east, north] = this.window();
    const between = (low: number, high: number): number[] =>
      Array.from({ length: LINE_POINTS }, (_, at) => low + ((high - low) * at) / (LINE_POINTS - 1));
    const [bottom, top] = [Math.max(south, -90), Math.min(north, 90)];
    for (let n = Math.ceil(west / step); n * step <= east; n += 1) {
      const lon = n * step;
      // Four meridians are enough where a disc shows them meet.
      const most = isDisc && lon % 90 !== 0 ? 90 - Math.min(step, CLOSEST_DEG) : 90;
      const ends = [Math.max(bottom, -most), Math.min(top, most)] as const;
      yield { text: meridian(lon), path: between(...ends).map((lat) => [lon, lat] as const) };
    }
    for (let n = Math.ceil(bottom / step); n * step <= top; n += 1) {
      const lat = n * step;
      if (Math.abs(lat) === 90) continue;
      yield { text: parallel(lat), path: between(west, east).map((lon) => [lon, lat] as const) };
    }
  }

  /** Return west, south, east and north of what the window shows; a disc shows one turn at most. */
  private window(): [number, number, number, number] {
    const extent = this.map.getView().calculateExtent();
    const [left = 0, bottom = 0, right = 0, top = 0] = extent;
    const view = this.view;
    if (view === undefined) return [0, 0, 0, 0];
    if (view.edge_m === 0) {
      return [...view.toSphere(left, bottom), ...view.toSphere(right, top)];
    }
    const seen = samples(extent)
      .filter(([x = 0, y = 0]) => Math.hypot(x, y) <= view.edge_m)
      .map(([x = 0, y = 0]) => view.toSphere(x, y));
    const poles = [-90, 90].filter((lat) => containsCoordinate(extent, view.toPlane([0, lat])));
    const lats = [...seen.map(([, lat]) => lat), ...poles];
    if (seen.length === 0) return [0, 0, 0, 0];
    const middle = seen[seen.length >> 1]?.[0] ?? 0;
    const turns = seen.map(([lon]) => middle + wrapped(lon - middle));
    // The last meridian of a whole turn is its first.
    const [west, east] = poles.length > 0 ? [-180, 179.9] : [Math.min(...turns), Math.max(...turns)];
    return [west, Math.min(...lats), east, Math.max(...lats)];
  }

  /** Return the parts of a line that lie on the disc. */
  private parts(path: LonLat[]): Coordinate[][] {
    const view = this.view;
    if (view === undefined) return [];
    if (view.edge_m === 0) return [path.map((at) => view.toPlane(at))];
    const parts: Coordinate[][] = [[]];
    for (const at of path) {
      const place = view.toPlane(at);
      const isOn = Math.hypot(...place) < INSIDE * view.edge_m && angleBetween(view.center, at) < 2.2;
      if (isOn) parts[parts.length - 1]?.push(place);
      else if (parts[parts.length - 1]?.length) parts.push([]);
    }
    return parts.filter((part) => part.length > 1);
  }

  /** Return where the label of a line goes: where it enters the window, far out on a disc. */
  private entrance(line: Coordinate[], [width = 0, height = 0]: number[]): Coordinate | undefined {
    const { side, top, bottom } = INSET_PX;
    const seen = line.filter((at) => {
      const [x = -1, y = -1] = this.map.getPixelFromCoordinate(at) ?? [];
      return x >= side && x <= width - side && y >= top && y <= height - bottom;
    });
    const isDisc = (this.view?.edge_m ?? 0) > 0;
    const [first, last] = [seen[0], seen[seen.length - 1]];
    if (!isDisc || first === undefined || last === undefined) return first;
    return Math.hypot(...last) > Math.hypot(...first) ? last : first;
  }
}

function samples([left = 0, bottom = 0, right = 0, top = 0]: readonly number[]): Coordinate[] {
  const steps = Array.from({ length: SAMPLES }, (_, at) => at / (SAMPLES - 1));
  const across = (share: number) => left + share * (right - left);
  return steps.flatMap((up) => steps.map((over) => [across(over), bottom + up * (top - bottom)]));
}

export function meridian(lonDeg: number): string {
  const lon = ((((lonDeg + 180) % 360) + 360) % 360) - 180;
  const side = lon === 0 || lon === -180 ? "" : lon < 0 ? "W" : "E";
  return `${trimmed(Math.abs(lon))}°${side}`;
}

export function parallel(latDeg: number): string {
  return `${trimmed(Math.abs(latDeg))}°${latDeg === 0 ? "" : latDeg < 0 ? "S" : "N"}`;
}

function trimmed(degrees: number): string {
  return String(Number(degrees.toFixed(3)));
}
