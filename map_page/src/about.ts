/** Where the map comes from, what is left out of the page, and the files beside it. */

import type { Facts } from "./data";
import { byId, element, tell, terms } from "./dom";
import { area, kilometres, short, size } from "./words";

export function setUpAbout(facts: Facts): void {
  const dialog = byId<HTMLDialogElement>("about");
  byId("about-open").addEventListener("click", () => dialog.showModal());
  byId("about-body").replaceChildren(
    terms(facts.origin),
    element("h3", {}, "What the page shows"),
    element("p", {}, precision(facts)),
    element("h3", {}, "Files"),
    ...downloads(facts),
  );
  byId("copy-link").addEventListener("click", () => void copyLink());
}

function precision(facts: Facts): string {
  const around_km = (2 * Math.PI * facts.radius_m) / 1000;
  const finest_km = around_km / (facts.tiles.tile_px * 2 ** facts.tiles.levels);
  const probe_km = around_km / facts.probe.width_px;
  const { tolerance_m, least_km2 } = facts.outlines;
  const lacking = least_km2 > 0 ? `, without parts below ${area(least_km2)}` : "";
  return (
    `The mosaic in grey, ${short(finest_km)} km a pixel at the equator. Outlines to within ` +
    `${kilometres(tolerance_m / 1000)}${lacking}. Probabilities and overlaps ` +
    `at points ${short(probe_km)} km apart, in steps of ${facts.probe.step_percent} %. ` +
    "Uncertainty is the probability that the mask is wrong: that of ejecta outside of it, that " +
    "of none inside. The files hold all of it in full."
  );
}

function downloads(facts: Facts): Node[] {
  if (facts.downloads.length === 0) return [element("p", {}, "None lie beside the page.")];
  const list = element("ul");
  for (const { href, bytes, what } of facts.downloads) {
    const name = href.slice(href.lastIndexOf("/") + 1);
    const link = element("a", { href, download: name }, name);
    list.append(element("li", {}, link, `, ${size(bytes)}: ${what}`));
  }
  const note = "They lie in the folder above that of the page: copy both together.";
  return [list, element("p", { class: "note" }, note)];
}

async function copyLink(): Promise<void> {
  const button = byId("copy-link");
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Link copied";
    tell("The link to this view is copied");
  } catch {
    button.textContent = "Copy the address";
    tell("Copy the address of the page: it restores this view");
  }
}
