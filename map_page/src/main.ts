/** The map page: what is given becomes layers, and what a person does becomes state. */

import { type Facts, given, type PackedOutlines, receive, unpacked, unpackedJson } from "./data";
import { byId } from "./dom";
import { MapPage } from "./map_page";
import { type Ring, unpackedRings } from "./shapes";
import { setUpTrust } from "./trusted";

declare global {
  var EJMAP: { put: typeof receive };
}

setUpTrust();
globalThis.EJMAP = { put: receive };

async function start(): Promise<void> {
  const facts = given("facts");
  byId("title").textContent = `Ejecta on ${facts.body}`;
  document.title = `Ejecta on ${facts.body}`;
  byId("subtitle").textContent = subtitle(facts);
  const packed = await unpackedJson<PackedOutlines>(given("outlines"));
  const outlines = new Map<number, Ring[][]>();
  for (const [id, polygons] of Object.entries(packed)) {
    outlines.set(Number(id), unpackedRings(polygons, facts.outlines.unit_deg));
  }
  const overlaps = await unpacked(given("overlaps"));
  new MapPage({ facts, outlines, overlaps, profiles: given("profiles") });
}

function subtitle({ craters }: Facts): string {
  const mapped = craters.filter((crater) => crater.probe !== null).length;
  return mapped === craters.length
    ? `${mapped} craters mapped`
    : `${mapped} of ${craters.length} craters mapped`;
}

window.addEventListener("DOMContentLoaded", () => {
  start().catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    byId("subtitle").textContent = `The map cannot be shown: ${text}`;
    throw error;
  });
});
