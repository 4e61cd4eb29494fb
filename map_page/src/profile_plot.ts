/** The profile of a crater: share of ejecta and brightness by distance. */

import type { Profile } from "./data";
import { drawing, element } from "./dom";
import { short } from "./words";

const [WIDTH, HEIGHT] = [300, 150];
const BOX = { left: 34, right: 268, top: 10, bottom: 118 };
const NARROW_RADII = 12;
// Where fewer than this share of rings are ejecta, the plot ends.
const LEAST_SHARE = 0.02;

export function profilePlot(profile: Profile, label: string): HTMLElement {
  const last = lastRing(profile);
  const far = profile.outer_radii[last] ?? NARROW_RADII;
  const across = (radii: number): number => BOX.left + (radii / far) * (BOX.right - BOX.left);
  const up = (share: number): number => BOX.bottom - share * (BOX.bottom - BOX.top);
  const words = summary(profile, label);
  const svg = drawing("svg", {
    class: "profile",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    "aria-label": words,
  });
  for (const share of [0, 0.5, 1]) {
    const y = String(up(share));
    svg.append(
      drawing("line", { class: "axis", x1: String(BOX.left), x2: String(BOX.right), y1: y, y2: y }),
      drawing("text", { x: "2", y: String(up(share) + 4) }, `${share * 100}%`),
    );
  }
  const step = [1, 2, 5, 10, 20, 50].find((one) => far / one <= 6) ?? 100;
  for (let radii = 0; radii <= far; radii += step) {
    const x = String(across(radii));
    svg.append(
      drawing("text", { x, y: String(BOX.bottom + 14), "text-anchor": "middle" }, String(radii)),
    );
  }
  const middle = String((BOX.left + BOX.right) / 2);
  svg.append(
    drawing("text", { x: middle, y: String(HEIGHT - 4), "text-anchor": "middle" }, "distance, crater radii"),
  );
  const levels = profile.brightness.slice(0, last + 1).filter((one) => one !== null);
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  if (levels.length > 1 && high > low) {
    const scaled = profile.brightness.map((one) => one === null ? null : (one - low) / (high - low));
    svg.append(line("brightness", profile.outer_radii, scaled, last, across, up));
    for (const [level, share] of [
      [low, 0],
      [high, 1],
    ] as const) {
      svg.append(drawing("text", { x: String(BOX.right + 5), y: String(up(share) + 4) }, short(level)));
    }
  }
  svg.append(line("ejecta", profile.outer_radii, profile.ejecta, last, across, up));
  return element(
    "figure",
    {},
    svg,
    element("figcaption", { class: "note" }, "Yellow: share of each ring that is ejecta. Blue, dashed: mean brightness, grey levels of 1 to 255 (right)."),
  );
}

function lastRing(profile: Profile): number {
  const last = profile.ejecta.findLastIndex((share) => (share ?? 0) > LEAST_SHARE);
  const narrow = profile.outer_radii.findLastIndex((radii) => radii <= NARROW_RADII);
  return Math.min(Math.max(last + 2, narrow), profile.outer_radii.length - 1);
}

function line(
  kind: string,
  radii: readonly number[],
  shares: readonly (number | null)[],
  last: number,
  across: (radii: number) => number,
  up: (share: number) => number,
): SVGElement {
  let path = "";
  let isDrawing = false;
  for (let at = 0; at <= last; at += 1) {
    const share = shares[at];
    // A value stands in the middle of its ring.
    const middle = ((radii[at] ?? 0) + (radii[at - 1] ?? 0)) / 2;
    if (share !== null && share !== undefined) {
      path += `${isDrawing ? "L" : "M"}${across(middle).toFixed(1)} ${up(share).toFixed(1)}`;
    }
    isDrawing = share !== null && share !== undefined;
  }
  return drawing("path", { class: kind, d: path });
}

/** The plot in words. */
function summary(profile: Profile, label: string): string {
  const half = profile.ejecta.findLastIndex((share) => (share ?? 0) >= 0.5);
  const last = profile.ejecta.findLastIndex((share) => (share ?? 0) > LEAST_SHARE);
  if (last < 0) return `Profile of ${label}: no ejecta`;
  const near = half < 0 ? "nowhere" : `to ${short(profile.outer_radii[half] ?? 0)} crater radii`;
  return (
    `Profile of ${label}: ejecta cover half of the ground or more ${near}, ` +
    `and the last of them lie ${short(profile.outer_radii[last] ?? 0)} radii out`
  );
}
