/** Numbers as people read them. */

import type { LonLat } from "./data";
import { wrapped } from "./sphere";

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export function kilometres(km: number): string {
  return `${km >= 100 ? WHOLE.format(km) : SHORT.format(km)} km`;
}

export function area(km2: number): string {
  return `${SHORT.format(km2)} km²`;
}

export function short(number: number): string {
  return SHORT.format(number);
}

export function size(bytes: number): string {
  if (bytes >= 1e6) return `${SHORT.format(bytes / 1e6)} MB`;
  return `${WHOLE.format(Math.max(bytes / 1e3, 1))} kB`;
}

export function placeWords([lon, lat]: LonLat): string {
  const east = wrapped(lon);
  const side = east < 0 ? "W" : "E";
  return `${Math.abs(lat).toFixed(2)}°${lat < 0 ? "S" : "N"} ${Math.abs(east).toFixed(2)}°${side}`;
}
