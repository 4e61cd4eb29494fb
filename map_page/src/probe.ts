/** Who claims a place, and how probably: values of each crater on the probe grid. */

import { type Crater, type Facts, type LonLat, loaded, type Packed, unpacked } from "./data";
import { angleBetween } from "./sphere";

// A crater that claims nothing is named if its probability is at least this.
const LEAST_PERCENT = 5;
const CLAIMED = 0x80;
const STEPS = 0x7f;

export interface Cell {
  isClaimed: boolean;
  percent: number;
}

export interface Claim extends Cell {
  crater: Crater;
  distance_km: number;
  radii: number;
}

/** Values of one crater in a window of the grid. */
export interface Grid {
  row: number;
  col: number;
  height: number;
  width: number;
  cells: Uint8Array;
}

export class Probe {
  readonly cols: number;
  readonly rows: number;
  private readonly grids = new Map<number, Promise<Grid>>();

  constructor(private readonly facts: Facts) {
    this.cols = facts.probe.width_px;
    this.rows = this.cols / 2;
  }

  meaning(cell: number): Cell {
    const percent = (cell & STEPS) * this.facts.probe.step_percent;
    return { isClaimed: (cell & CLAIMED) !== 0, percent };
  }

  /** Return the values of a crater of the map; the first time its script is loaded. */
  grid(crater: Crater): Promise<Grid> {
    let grid = this.grids.get(crater.id);
    if (grid === undefined) {
      grid = decoded(crater);
      this.grids.set(crater.id, grid);
    }
    return grid;
  }

  /** Return row and column of a place; longitude may be any turn. */
  cellOf([lon, lat]: LonLat): [row: number, col: number] {
    const col = Math.floor(((lon + 180) / 360) * this.cols);
    const row = Math.floor(((90 - lat) / 180) * this.rows);
    return [
      Math.min(Math.max(row, 0), this.rows - 1),
      ((col % this.cols) + this.cols) % this.cols,
    ];
  }

  /** Return who claims a place: claimants first, each by falling probability. */
  async claims(place: LonLat): Promise<Claim[]> {
    const at = this.cellOf(place);
    const near = this.facts.craters.filter(
      ({ probe }) => probe !== null && index(probe, at, this.cols) !== null,
    );
    const grids = await Promise.all(near.map((crater) => this.grid(crater)));
    const claims = near.flatMap((crater, number): Claim[] => {
      const grid = grids[number];
      const inside = grid === undefined ? null : index(grid, at, this.cols);
      const cell = this.meaning(inside === null ? 0 : (grid?.cells[inside] ?? 0));
      if (!cell.isClaimed && cell.percent < LEAST_PERCENT) return [];
      const distance_m = angleBetween(place, crater.at) * this.facts.radius_m;
      const far = { distance_km: distance_m / 1000, radii: distance_m / crater.radius_m };
      return [{ ...cell, ...far, crater }];
    });
    return claims.sort(
      (a, b) =>
        Number(b.isClaimed) - Number(a.isClaimed) ||
        b.percent - a.percent ||
        a.crater.id - b.crater.id,
    );
  }
}

async function decoded({ probe }: Crater): Promise<Grid> {
  if (probe === null) return { row: 0, col: 0, height: 0, width: 0, cells: new Uint8Array() };
  return { ...probe, cells: await unpacked(await loaded<Packed>(probe.script)) };
}

/** Return which value of a window is that of a cell; null if the cell lies outside. */
function index(
  window: Omit<Grid, "cells">,
  [row, col]: readonly [number, number],
  cols: number,
): number | null {
  const down = row - window.row;
  const over = (((col - window.col) % cols) + cols) % cols;
  const isInside = down >= 0 && down < window.height && over < window.width;
  return isInside ? down * window.width + over : null;
}
