/** Colours of probability, of uncertainty and of overlaps. */

import type { Probe } from "./probe";
import type { Palette } from "./shade_layer";
import type { Shade } from "./state";

type Rgb = readonly [number, number, number];

// Plasma and viridis of matplotlib: rising lightness reads as more on a dark ground.
const PLASMA: readonly Rgb[] = [
  [13, 8, 135],
  [126, 3, 168],
  [204, 71, 120],
  [248, 149, 64],
  [240, 249, 33],
];
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];
const OPACITY = 190;
const LEAST_PERCENT = 5;
// A pixel at the border of a mask is as likely right as wrong.
const MOST_UNCERTAIN = 50;

export const RAMPS: Record<Exclude<Shade, "none">, { stops: readonly Rgb[]; most: number }> = {
  probability: { stops: PLASMA, most: 100 },
  uncertainty: { stops: VIRIDIS, most: MOST_UNCERTAIN },
};

export function shadePalette(shade: Exclude<Shade, "none">, probe: Probe): Palette {
  const { stops, most } = RAMPS[shade];
  return palette((cell) => {
    const { isClaimed, percent } = probe.meaning(cell);
    if (!isClaimed && percent < LEAST_PERCENT) return null;
    const wrong = isClaimed ? 100 - percent : percent;
    return colorAt(stops, Math.min((shade === "probability" ? percent : wrong) / most, 1));
  }, OPACITY);
}

/** Cells that hold numbers of craters: white where there are several. */
export function overlapPalette(): Palette {
  return palette((count) => (count > 1 ? [255, 255, 255] : null), 130);
}

export function colorAt(stops: readonly Rgb[], share: number): Rgb {
  const place = share * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  const [low, high] = [stops[below], stops[below + 1]];
  if (low === undefined || high === undefined) return [0, 0, 0];
  const mix = (at: 0 | 1 | 2): number => Math.round(low[at] + (high[at] - low[at]) * (place - below));
  return [mix(0), mix(1), mix(2)];
}

function palette(color: (value: number) => Rgb | null, opacity: number): Palette {
  const out = new Uint8ClampedArray(4 * 256);
  for (let value = 0; value < 256; value += 1) {
    const rgb = color(value);
    if (rgb !== null) out.set([...rgb, opacity], 4 * value);
  }
  return out;
}
