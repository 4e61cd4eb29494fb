/**
 * Projections of the sphere, in metres: simple cylindrical, and azimuthal about any point.
 *
 * Closed forms of Snyder, "Map projections: a working manual" (1987), pp. 91, 158 and 195.
 */

import type { LonLat } from "./data";

const RAD = Math.PI / 180;
// Farther points are drawn there: near the antipode a stereographic plane is endless.
const FARTHEST_RAD = 172 * RAD;

export interface PlaneMap {
  toPlane(at: LonLat): [number, number];
  toSphere(x: number, y: number): [number, number];
}

export function cylindrical(radius_m: number): PlaneMap {
  const perDegree = radius_m * RAD;
  return {
    toPlane: ([lon, lat]) => [lon * perDegree, lat * perDegree],
    toSphere: (x, y) => [x / perDegree, y / perDegree],
  };
}

/** How the distance on the plane, in radii of the planet, follows from the angle at its centre. */
export interface Radial {
  distance(angle: number): number;
  angle(distance: number): number;
}

export const EQUIDISTANT: Radial = { distance: (c) => c, angle: (rho) => rho };
export const STEREOGRAPHIC: Radial = {
  distance: (c) => 2 * Math.tan(c / 2),
  angle: (rho) => 2 * Math.atan(rho / 2),
};

export function azimuthal(radius_m: number, center: LonLat, radial: Radial): PlaneMap {
  const lon0 = center[0] * RAD;
  const sin0 = Math.sin(center[1] * RAD);
  const cos0 = Math.cos(center[1] * RAD);
  return {
    toPlane: ([lonDeg, latDeg]) => {
      const turn = lonDeg * RAD - lon0;
      const [sin, cos] = [Math.sin(latDeg * RAD), Math.cos(latDeg * RAD)];
      const east = cos * Math.sin(turn);
      const north = cos0 * sin - sin0 * cos * Math.cos(turn);
      const reach = Math.hypot(east, north);
      if (reach < 1e-12) return [0, 0];
      const angle = Math.atan2(reach, sin0 * sin + cos0 * cos * Math.cos(turn));
      const scale = (radius_m * radial.distance(Math.min(angle, FARTHEST_RAD))) / reach;
      return [scale * east, scale * north];
    },
    toSphere: (x, y) => {
      const rho = Math.hypot(x, y) / radius_m;
      if (rho < 1e-12) return [center[0], center[1]];
      const angle = radial.angle(rho);
      const [sinC, cosC] = [Math.sin(angle), Math.cos(angle)];
      const [east, north] = [x / radius_m / rho, y / radius_m / rho];
      const lat = Math.asin(Math.max(-1, Math.min(1, cosC * sin0 + north * sinC * cos0)));
      const lon = lon0 + Math.atan2(east * sinC, cos0 * cosC - north * sinC * sin0);
      return [wrapped(lon / RAD), lat / RAD];
    },
  };
}

/** Return a longitude between -180 and 180. */
export function wrapped(lonDeg: number): number {
  return ((((lonDeg + 180) % 360) + 360) % 360) - 180;
}

/** Return the angle at the centre of the planet between two places, in radians. */
export function angleBetween(one: LonLat, other: LonLat): number {
  const dLat = Math.sin(((other[1] - one[1]) * RAD) / 2);
  const dLon = Math.sin(((other[0] - one[0]) * RAD) / 2);
  const half = dLat ** 2 + Math.cos(one[1] * RAD) * Math.cos(other[1] * RAD) * dLon ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Return the place at a distance (radians) and azimuth (degrees from north) of another. */
export function placeAt([lonDeg, latDeg]: LonLat, azimuthDeg: number, angle: number): LonLat {
  const [lat, azimuth] = [latDeg * RAD, azimuthDeg * RAD];
  const sin = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(azimuth);
  const turn = Math.atan2(
    Math.sin(azimuth) * Math.sin(angle) * Math.cos(lat),
    Math.cos(angle) - Math.sin(lat) * sin,
  );
  return [wrapped(lonDeg + turn / RAD), Math.asin(Math.max(-1, Math.min(1, sin))) / RAD];
}
