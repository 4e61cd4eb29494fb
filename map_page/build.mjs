/** Bundle the page: `make map-bundle`. The record says from which sources and packages. */

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const BUNDLE = "../ejmap_project/map_page/bundle";
const SOURCES = ["build.mjs", "index.html", "map.css", "package.json", "tsconfig.json"];
const TOOLS = ["esbuild", "typescript"];
const LICENCE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

function digest() {
  const sources = [...SOURCES, ...readdirSync("src").map((name) => `src/${name}`)].sort();
  const hash = createHash("sha256");
  for (const name of sources) hash.update(`${name}\0`).update(readFileSync(name)).update("\0");
  return hash.digest("hex");
}

function manifest(name) {
  return JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
}

function licence(name) {
  const folder = join("node_modules", name);
  const { version, license } = manifest(name);
  const files = readdirSync(folder).filter((file) => LICENCE.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}

rmSync(BUNDLE, { recursive: true, force: true });
mkdirSync(BUNDLE, { recursive: true });
const { metafile } = await esbuild.build({
  entryPoints: ["src/main.ts"],
  outfile: `${BUNDLE}/map.js`,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome109", "firefox115", "safari16.4"],
  legalComments: "none",
  charset: "ascii",
  metafile: true,
});
await esbuild.build({ entryPoints: ["map.css"], outfile: `${BUNDLE}/map.css`, minify: true });
copyFileSync("index.html", `${BUNDLE}/index.html`);

const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) =>
  Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
    return found !== null && bytesInOutput > 0 ? [found[1]] : [];
  }),
);
const parts = [...new Set(bundled)].sort();
writeFileSync(`${BUNDLE}/licences.txt`, `${parts.map(licence).join(`\n\n${"-".repeat(72)}\n\n`)}\n`);
const versions = Object.fromEntries([...parts, ...TOOLS].map((name) => [name, manifest(name).version]));
const record = { sources: digest(), packages: versions };
writeFileSync(`${BUNDLE}/bundle.json`, `${JSON.stringify(record, null, 2)}\n`);
console.log(`map.js of ${parts.join(", ")}`);
