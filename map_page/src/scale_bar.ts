/** The scale in the middle of the window, and the place under the pointer. */

import type OlMap from "ol/Map.js";
import type { LonLat } from "./data";
import { byId } from "./dom";
import type { PlanetView } from "./views";
import { kilometres, placeWords } from "./words";

const LONGEST_PX = 130;

export class ScaleBar {
  private view: PlanetView | undefined;

  constructor(private readonly map: OlMap) {
    map.on("moveend", () => this.draw());
    map.on("pointermove", (event) => this.point(event.coordinate ?? []));
    map.getViewport()?.addEventListener("pointerleave", () => {
      byId("cursor").textContent = "";
    });
  }

  show(view: PlanetView): void {
    this.view = view;
    this.draw();
  }

  private draw(): void {
    const [x = 0, y = 0] = this.map.getView().getCenter() ?? [];
    const resolution = this.map.getView().getResolution();
    if (this.view === undefined || resolution === undefined) return;
    const m_per_px = resolution * this.view.groundLength(this.view.toSphere(x, y));
    const longest_m = LONGEST_PX * m_per_px;
    const power = 10 ** Math.floor(Math.log10(longest_m));
    const length_m = power * ([5, 2].find((one) => one * power <= longest_m) ?? 1);
    byId("scale-bar").style.width = `${length_m / m_per_px}px`;
    byId("scale-text").textContent = `${kilometres(length_m / 1000)} at the centre`;
  }

  private point(coordinate: readonly number[]): void {
    byId("cursor").textContent = placeText(this.view, coordinate);
  }
}

/** Return the place of a point of the plane; null beside the planet. */
export function placeOf(
  view: PlanetView | undefined,
  [x = 0, y = 0]: readonly number[],
): LonLat | null {
  if (view === undefined) return null;
  const isOn = view.edge_m > 0 ? Math.hypot(x, y) <= view.edge_m : Math.abs(y) <= view.half_m;
  return isOn ? view.toSphere(x, y) : null;
}

function placeText(view: PlanetView | undefined, coordinate: readonly number[]): string {
  const place = placeOf(view, coordinate);
  return place === null ? "" : placeWords(place);
}
