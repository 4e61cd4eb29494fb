/** The views of the planet: simple cylindrical, both poles, and about a place. */

import Projection from "ol/proj/Projection.js";
import { addCoordinateTransforms, addProjection } from "ol/proj.js";
import type { Facts, LonLat } from "./data";
import { azimuthal, cylindrical, EQUIDISTANT, type PlaneMap, STEREOGRAPHIC } from "./sphere";

export type ViewName = "cylindrical" | "north" | "south" | "azimuthal";
export const VIEW_NAMES: readonly ViewName[] = ["cylindrical", "north", "south", "azimuthal"];

// An azimuthal view ends here: farther places are stretched beyond recognition.
const AZIMUTHAL_EDGE_RAD = (120 * Math.PI) / 180;
const EQUATOR_RAD = Math.PI / 2;

export interface PlanetView extends PlaneMap {
  name: ViewName;
  projection: Projection;
  /** Where the view is centred at first. */
  center: LonLat;
  /** Radius of the disc that is shown, in metres; 0 if the view is no disc. */
  edge_m: number;
  /** Half of the height of what is shown, in metres. */
  half_m: number;
  /** Length on the ground of a metre of the plane, along a parallel or from the centre. */
  groundLength(at: LonLat): number;
}

export class Views {
  readonly cylindrical: PlanetView;
  private readonly known = new Map<string, PlanetView>();

  constructor(private readonly facts: Facts) {
    const radius_m = facts.radius_m;
    const half = Math.PI * radius_m;
    const plane = cylindrical(radius_m);
    const projection = new Projection({
      code: "EJMAP:cylindrical",
      units: "m",
      extent: [-half, -half / 2, half, half / 2],
      global: true,
      // OpenLayers would measure on the Earth.
      getPointResolution: (resolution) => resolution,
    });
    addProjection(projection);
    this.cylindrical = {
      ...plane,
      name: "cylindrical",
      projection,
      center: [0, 0],
      edge_m: 0,
      half_m: half / 2,
      groundLength: ([, lat]) => Math.max(Math.cos((lat * Math.PI) / 180), 1e-3),
    };
  }

  /** Return the view of that name; the azimuthal one is about `center`. */
  get(name: ViewName, center: LonLat): PlanetView {
    switch (name) {
      case "cylindrical":
        return this.cylindrical;
      case "north":
        return this.disc(name, [0, 90]);
      case "south":
        return this.disc(name, [0, -90]);
      case "azimuthal":
        return this.disc(name, center);
    }
  }

  private disc(name: ViewName, center: LonLat): PlanetView {
    const code = `EJMAP:${name}:${center.join(",")}`;
    const before = this.known.get(code);
    if (before !== undefined) return before;
    const { radius_m } = this.facts;
    const isPolar = name !== "azimuthal";
    const radial = isPolar ? STEREOGRAPHIC : EQUIDISTANT;
    const plane = azimuthal(radius_m, center, radial);
    const edge = radius_m * radial.distance(isPolar ? EQUATOR_RAD : AZIMUTHAL_EDGE_RAD);
    const projection = new Projection({
      code,
      units: "m",
      extent: [-edge, -edge, edge, edge],
      getPointResolution: (resolution) => resolution,
    });
    addProjection(projection);
    const base = this.cylindrical;
    addCoordinateTransforms(
      base.projection,
      projection,
      ([x = 0, y = 0]) => plane.toPlane(base.toSphere(x, y)),
      ([x = 0, y = 0]) => base.toPlane(plane.toSphere(x, y)),
    );
    const view: PlanetView = {
      ...plane,
      name,
      projection,
      center,
      edge_m: edge,
      half_m: edge,
      groundLength: ([, lat]) =>
        isPolar ? (1 + Math.abs(Math.sin((lat * Math.PI) / 180))) / 2 : 1,
    };
    this.known.set(code, view);
    return view;
  }
}
