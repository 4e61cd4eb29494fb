/** The panel of layers with the legend of what is shaded. */

import { byId, element, tell } from "./dom";
import { colorAt, RAMPS } from "./palettes";
import type { Shade, State, Store } from "./state";

const NARROW_PX = 960;
const STOPS = 12;

export function setUpLayers(store: Store): void {
  byId<HTMLDetailsElement>("layers").open = window.innerWidth > NARROW_PX;
  for (const input of radios("shade")) {
    input.addEventListener("change", () => store.change({ shade: input.value as Shade }));
  }
  for (const layer of ["overlaps", "names", "graticule"] as const) {
    const box = byId<HTMLInputElement>(layer);
    box.addEventListener("change", () => store.change({ [layer]: box.checked }));
  }
}

export function updateLayers(state: State, label: string | null): void {
  for (const input of radios("shade")) input.checked = input.value === state.shade;
  for (const input of radios("view")) input.checked = input.value === state.view;
  for (const layer of ["overlaps", "names", "graticule"] as const) {
    byId<HTMLInputElement>(layer).checked = state[layer];
  }
  const isShaded = state.shade !== "none";
  byId("shade-of").textContent = isShaded ? `of ${label ?? "all craters that are shown"}` : "";
  byId("legend").replaceChildren(...(state.shade === "none" ? [] : legend(state.shade)));
}

export function radios(name: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
}

/** Say that values are being loaded, and when they are there. */
export function tellLoading(done: number, all: number): void {
  const text = done < all ? `loading ${done} of ${all} craters` : "";
  if (text !== "") byId("shade-of").textContent = text;
  if (done === all) tell("The map is shaded");
}

function legend(shade: Exclude<Shade, "none">): Node[] {
  const { stops, most } = RAMPS[shade];
  const colors = Array.from({ length: STOPS }, (_, at) => colorAt(stops, at / (STOPS - 1)));
  const ramp = element("i", { class: "ramp" });
  ramp.style.background = `linear-gradient(to right, ${colors.map((rgb) => `rgb(${rgb.join(" ")})`).join(", ")})`;
  const ends = element(
    "span",
    { class: "ramp-ends" },
    element("span", {}, "0%"),
    element("span", {}, shade === "uncertainty" ? `${most}% and more` : `${most}%`),
  );
  const words =
    shade === "probability" ? "probability of ejecta" : "probability that the mask is wrong";
  return [ramp, ends, element("span", {}, words)];
}
