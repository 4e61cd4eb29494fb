/** The part of the address after `#`, which restores a view. */

import type { LonLat } from "./data";
import { type Shade, SHADES, type State } from "./state";
import { VIEW_NAMES, type ViewName } from "./views";

/** Where the window lies: its centre and the metres of a pixel. */
export interface Sight {
  center: LonLat;
  m_per_px: number;
}

export interface Linked {
  state: Partial<State>;
  sight: Sight | null;
}

export function linkOf(state: State, sight: Sight): string {
  const parts: [string, string][] = [
    ["view", state.view],
    ["at", placeText(sight.center)],
    ["scale", sight.m_per_px.toPrecision(5)],
  ];
  if (state.view === "azimuthal") parts.push(["about", placeText(state.about)]);
  if (state.selected !== null) parts.push(["crater", String(state.selected)]);
  if (state.place !== null) parts.push(["place", placeText(state.place)]);
  if (state.hidden.size > 0) parts.push(["hidden", [...state.hidden].join(",")]);
  if (state.shade !== "none") parts.push(["shade", state.shade]);
  const off = (["overlaps", "names", "graticule"] as const).filter((layer) => !state[layer]);
  if (off.length > 0) parts.push(["off", off.join(",")]);
  return `#${parts.map(([name, text]) => `${name}=${text}`).join("&")}`;
}

/** Read such a part of an address; what is not understood is left out. */
export function readLink(hash: string, ids: ReadonlySet<number>): Linked {
  const parts = new Map(
    hash
      .replace(/^#/, "")
      .split("&")
      .map((part) => part.split("=", 2) as [string, string | undefined]),
  );
  const state: Partial<State> = {};
  const view = parts.get("view");
  if (isOneOf(VIEW_NAMES, view)) state.view = view as ViewName;
  const about = place(parts.get("about"));
  if (about !== null) state.about = about;
  const crater = number(parts.get("crater"));
  if (crater !== null && ids.has(crater)) state.selected = crater;
  const asked = place(parts.get("place"));
  if (asked !== null) state.place = asked;
  const hidden = (parts.get("hidden") ?? "").split(",").map(number);
  state.hidden = new Set(hidden.filter((id): id is number => id !== null && ids.has(id)));
  const shade = parts.get("shade");
  if (isOneOf(SHADES, shade)) state.shade = shade as Shade;
  const off = new Set((parts.get("off") ?? "").split(","));
  for (const layer of ["overlaps", "names", "graticule"] as const) state[layer] = !off.has(layer);
  const center = place(parts.get("at"));
  const m_per_px = number(parts.get("scale"));
  const isSight = center !== null && m_per_px !== null && m_per_px > 0;
  return { state, sight: isSight ? { center, m_per_px } : null };
}

function placeText([lon, lat]: LonLat): string {
  return `${Number(lon.toFixed(4))},${Number(lat.toFixed(4))}`;
}

function place(text: string | undefined): LonLat | null {
  const [lon, lat, ...more] = (text ?? "").split(",").map(number);
  if (lon === null || lon === undefined || lat === null || lat === undefined) return null;
  return more.length === 0 && Math.abs(lon) <= 360 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : null;
}

function isOneOf(names: readonly string[], name: string | undefined): boolean {
  return name !== undefined && names.includes(name);
}
