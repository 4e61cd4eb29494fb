/** What a person has chosen: everything that the page shows follows from it. */

import type { LonLat } from "./data";
import type { ViewName } from "./views";

export type Shade = "none" | "probability" | "uncertainty";
export const SHADES: readonly Shade[] = ["none", "probability", "uncertainty"];

export interface State {
  view: ViewName;
  /** Centre of the azimuthal view. */
  about: LonLat;
  selected: number | null;
  /** The place that is asked about. */
  place: LonLat | null;
  hidden: ReadonlySet<number>;
  shade: Shade;
  overlaps: boolean;
  names: boolean;
  graticule: boolean;
}

export type Change = Partial<State>;
type Listener = (state: State, change: Change) => void;

export class Store {
  private readonly listeners: Listener[] = [];

  constructor(public state: State) {}

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  change(change: Change): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener(this.state, change);
  }
}
