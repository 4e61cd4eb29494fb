/** Ejecta of the craters: filled outlines in the colours of their craters. */

import Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import VectorImageLayer from "ol/layer/VectorImage.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { Crater } from "./data";
import { edgesOn, polygonsOn, type Ring } from "./shapes";
import type { State } from "./state";
import type { PlanetView } from "./views";

const LINES = "lines";
// Two digits of hexadecimal opacity.
const FILL_OPACITY = "59";
const SHADED_OPACITY = "12";
const BESIDE_OPACITY = "66";

export class EjectaLayer {
  // Drawn into an image that is moved as a whole while the map is moved.
  readonly layer: VectorImageLayer<VectorSource>;
  private readonly source = new VectorSource({ wrapX: true });
  private state: State | undefined;

  constructor(
    private readonly craters: readonly Crater[],
    private readonly outlines: ReadonlyMap<number, Ring[][]>,
  ) {
    this.layer = new VectorImageLayer({
      source: this.source,
      imageRatio: 2,
      zIndex: 10,
      style: (feature) => this.styles(Number(feature.getId())),
    });
  }

  show(view: PlanetView): void {
    const features = this.craters.flatMap((crater) => {
      const polygons = this.outlines.get(crater.id);
      if (polygons === undefined) return [];
      const feature = new Feature<Geometry>(polygonsOn(view, polygons));
      feature.set(LINES, edgesOn(view, polygons));
      feature.setId(crater.id);
      return [feature];
    });
    this.source.clear(true);
    this.source.addFeatures(features);
  }

  update(state: State): void {
    this.state = state;
    this.layer.changed();
  }

  private styles(id: number): Style[] {
    const crater = this.craters.find((one) => one.id === id);
    if (crater === undefined || this.state?.hidden.has(id)) return [];
    const isSelected = this.state?.selected === id;
    const isShaded = this.state !== undefined && this.state.shade !== "none";
    const lines = (feature: { get(key: string): unknown }) => feature.get(LINES) as Geometry;
    const opacity = isShaded ? SHADED_OPACITY : FILL_OPACITY;
    const isBeside = isShaded && this.state?.selected !== null && !isSelected;
    const color = crater.color + (isBeside ? BESIDE_OPACITY : "");
    return [
      new Style({ fill: new Fill({ color: crater.color + opacity }) }),
      new Style({
        geometry: lines,
        zIndex: isSelected ? 1 : 0,
        stroke: new Stroke({ color, width: isSelected ? 2 : 1.25 }),
      }),
    ];
  }
}
