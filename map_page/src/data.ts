/** What a page is given: scripts that hand over JSON, since a page from disk can fetch nothing. */

export type LonLat = readonly [lonDeg: number, latDeg: number];

export interface Crater {
  id: number;
  label: string;
  at: LonLat;
  radius_m: number;
  color: string;
  state: string;
  mask_km2: number | null;
  /** Expected area and the ends of its 95 % interval; null where nothing is promised. */
  expected_km2: readonly [number, number, number] | null;
  /** Its values on the probe grid; null if it is not on the map. */
  probe: ProbePart | null;
  has_probability: boolean;
}

export interface Download {
  href: string;
  bytes: number;
  what: string;
}

export interface Facts {
  body: string;
  radius_m: number;
  tiles: { levels: number; tile_px: number; suffix: string };
  probe: { width_px: number; step_percent: number };
  outlines: { unit_deg: number; tolerance_m: number; least_km2: number };
  craters: Crater[];
  origin: [what: string, text: string][];
  downloads: Download[];
}

/** Zlib stream as base64. */
export type Packed = string;

/** Rings of each polygon of a crater: first place, then steps, in units of `Facts.outlines`. */
export type PackedOutlines = Record<string, number[][][]>;

export interface Profile {
  outer_radii: number[];
  ejecta: (number | null)[];
  brightness: (number | null)[];
}

/** A window of the probe grid, whose columns go round the planet, and the script of its values. */
export interface ProbePart {
  script: string;
  row: number;
  col: number;
  height: number;
  width: number;
}

interface Values {
  facts: Facts;
  outlines: Packed;
  /** Number of craters in each cell of the probe grid. */
  overlaps: Packed;
  profiles: Record<string, Profile>;
}

interface Handed {
  name: string;
  value: unknown;
}

const handed = new Map<string, unknown>();

/** What the scripts of data call. */
export function receive(one: Handed): void {
  handed.set(one.name, one.value);
}

export function given<Name extends keyof Values>(name: Name): Values[Name] {
  if (!handed.has(name)) throw new Error(`data/${name}.js is missing beside the page`);
  return handed.get(name) as Values[Name];
}

const loading = new Map<string, Promise<unknown>>();

/** Load a script of data once, and return what it handed over under the name of the file. */
export function loaded<Value>(name: string): Promise<Value> {
  let promise = loading.get(name);
  if (promise === undefined) {
    promise = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = () => {
        const value = handed.get(name);
        handed.delete(name);
        if (value === undefined) reject(new Error(`data/${name}.js holds something else`));
        else resolve(value);
        script.remove();
      };
      script.onerror = () => reject(new Error(`data/${name}.js cannot be read`));
      script.src = `data/${name}.js`;
      document.head.append(script);
    });
    loading.set(name, promise);
  }
  return promise as Promise<Value>;
}

export async function unpacked(packed: Packed): Promise<Uint8Array> {
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function unpackedJson<Value>(packed: Packed): Promise<Value> {
  return JSON.parse(new TextDecoder().decode(await unpacked(packed))) as Value;
}
