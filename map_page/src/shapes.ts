/** Lines and polygons of the planet as OpenLayers draws them in a view. */

import type { Coordinate } from "ol/coordinate.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import type { LonLat } from "./data";
import { placeAt, wrapped } from "./sphere";
import type { PlanetView } from "./views";

export type Ring = LonLat[];

// Longer edges are bent on the plane of a disc, in radii of its edge.
const LONGEST_EDGE = 0.03;
const MOST_SPLITS = 8;
const CIRCLE_POINTS = 180;

/** Return the rings of polygons that were packed as a first place and steps. */
export function unpackedRings(polygons: number[][][], unit_deg: number): Ring[][] {
  return polygons.map((rings) =>
    rings.map((steps) => {
      const ring: Ring = [];
      let [x, y] = [0, 0];
      for (let at = 0; at + 1 < steps.length; at += 2) {
        x += steps[at] ?? 0;
        y += steps[at + 1] ?? 0;
        ring.push([x * unit_deg, y * unit_deg]);
      }
      const first = ring[0];
      if (first !== undefined) ring.push(first);
      return ring;
    }),
  );
}

/** Return a line on the plane; on a disc its edges are split until they bend as they should. */
export function lineOn(view: PlanetView, line: Ring): Coordinate[] {
  const longest = view.edge_m > 0 ? view.edge_m * LONGEST_EDGE : Number.POSITIVE_INFINITY;
  const out: Coordinate[] = [];
  const extend = (a: LonLat, b: LonLat, from: Coordinate, splits: number): void => {
    const to = view.toPlane(b);
    const length = Math.hypot(to[0] - (from[0] ?? 0), to[1] - (from[1] ?? 0));
    if (length <= longest || splits === 0) {
      out.push(to);
      return;
    }
    const middle: LonLat = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    extend(a, middle, from, splits - 1);
    extend(middle, b, view.toPlane(middle), splits - 1);
  };
  line.forEach((place, at) => {
    const before = line[at - 1];
    if (before === undefined) out.push(view.toPlane(place));
    else extend(before, place, view.toPlane(before), MOST_SPLITS);
  });
  return out;
}

export function polygonsOn(view: PlanetView, polygons: Ring[][]): MultiPolygon {
  return new MultiPolygon(
    polygons.map((rings) => {
      const drawn = rings.map((ring) => lineOn(view, ring));
      // What holds the antipode surrounds the disc: its ring is the inner edge of what is filled.
      const outer = rings[0];
      const isInsideOut = view.name === "azimuthal" && outer && holds(outer, antipode(view.center));
      return isInsideOut ? [circle(view.edge_m * 2), ...drawn] : drawn;
    }),
  );
}

/** Return the rings as lines, without the cuts along the antimeridian and through a pole. */
export function edgesOn(view: PlanetView, polygons: Ring[][]): MultiLineString {
  return new MultiLineString(
    polygons.flatMap((rings) => rings.flatMap(uncut).map((line) => lineOn(view, line))),
  );
}

function uncut(ring: Ring): Ring[] {
  const lines: Ring[] = [];
  let line: Ring = [];
  ring.forEach((place, at) => {
    const before = ring[at - 1];
    if (before !== undefined && isCut(before, place)) {
      if (line.length > 1) lines.push(line);
      line = [];
    }
    line.push(place);
  });
  if (line.length > 1) lines.push(line);
  return lines;
}

function isCut(one: LonLat, other: LonLat): boolean {
  const alongMeridian = Math.abs(one[0]) > 179.999 && Math.abs(one[0] - other[0]) < 1e-6;
  const alongPole = Math.abs(one[1]) > 89.999 && Math.abs(one[1] - other[1]) < 1e-6;
  return alongMeridian || alongPole;
}

/** Whether a ring goes around a place; edges are straight in longitude and latitude. */
export function holds(ring: Ring, [lon, lat]: LonLat): boolean {
  let isInside = false;
  ring.forEach((b, at) => {
    const a = ring[at - 1];
    if (a === undefined || a[1] > lat === b[1] > lat) return;
    const crossing = a[0] + ((lat - a[1]) / (b[1] - a[1])) * (b[0] - a[0]);
    if (crossing > lon) isInside = !isInside;
  });
  return isInside;
}

function antipode([lon, lat]: LonLat): LonLat {
  return [wrapped(lon + 180), -lat];
}

/** Return the circle of that radius (metres of the plane) about the centre of a disc. */
export function circle(radius_m: number): Coordinate[] {
  return Array.from({ length: CIRCLE_POINTS + 1 }, (_, at) => {
    const turn = (2 * Math.PI * at) / CIRCLE_POINTS;
    return [radius_m * Math.sin(turn), radius_m * Math.cos(turn)];
  });
}

/** Return the rim of a crater as a circle on the sphere, its longitudes without a jump. */
export function rimRing(at: LonLat, angle: number): Ring {
  let before = at[0];
  return Array.from({ length: 73 }, (_, step) => {
    const [lon, lat] = placeAt(at, step * 5, angle);
    before += wrapped(lon - before);
    return [before, lat] as const;
  });
}
