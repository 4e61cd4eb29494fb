/** Rims and names of the craters; large craters are named first. */

import Feature from "ol/Feature.js";
import Polygon from "ol/geom/Polygon.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Crater } from "./data";
import { lineOn, rimRing } from "./shapes";
import { angleBetween } from "./sphere";
import type { State } from "./state";
import type { PlanetView } from "./views";

const CENTER = "center";
const SMALL_RIM_PX = 4;
const INK = "#f4f6f8";
const HALO = "#0b0e12cc";
const CHOSEN = "#ffd75e";

export class CraterLayer {
  readonly layer: VectorLayer<VectorSource>;
  private readonly source = new VectorSource({ wrapX: true });
  private readonly bySize: Crater[];
  private state: State | undefined;

  constructor(
    craters: readonly Crater[],
    private readonly radius_m: number,
  ) {
    this.bySize = [...craters].sort((a, b) => b.radius_m - a.radius_m || a.id - b.id);
    this.layer = new VectorLayer({
      source: this.source,
      declutter: true,
      zIndex: 40,
      style: (feature, resolution) => this.styles(Number(feature.getId()), resolution),
    });
  }

  show(view: PlanetView): void {
    const features = this.bySize
      .filter((crater) => this.isOnDisc(view, crater))
      .map((crater) => {
        const rim = lineOn(view, rimRing(crater.at, crater.radius_m / this.radius_m));
        const feature = new Feature(new Polygon([rim]));
        feature.set(CENTER, new Point(view.toPlane(crater.at)));
        feature.setId(crater.id);
        return feature;
      });
    this.source.clear(true);
    this.source.addFeatures(features);
  }

  update(state: State): void {
    this.state = state;
    this.layer.changed();
  }

  private isOnDisc(view: PlanetView, crater: Crater): boolean {
    if (view.edge_m === 0) return true;
    const [x, y] = view.toPlane(crater.at);
    return Math.hypot(x, y) < view.edge_m && angleBetween(view.center, crater.at) < 2.5;
  }

  private styles(id: number, resolution: number): Style[] {
    const rank = this.bySize.findIndex((one) => one.id === id);
    const crater = this.bySize[rank];
    if (crater === undefined) return [];
    const isChosen = this.state?.selected === id;
    const color = isChosen ? CHOSEN : INK;
    const radius_px = crater.radius_m / resolution;
    const center = (feature: { get(key: string): unknown }) => feature.get(CENTER) as Point;
    const stroke = new Stroke({ color, width: isChosen ? 2 : 1.25 });
    const isSmall = radius_px < SMALL_RIM_PX;
    const dot = new CircleStyle({ radius: SMALL_RIM_PX - 1, stroke, declutterMode: "none" });
    const styles = [isSmall ? new Style({ geometry: center, image: dot }) : new Style({ stroke })];
    if (this.state?.names || isChosen) {
      styles.push(
        new Style({
          geometry: center,
          zIndex: isChosen ? 1e6 : this.bySize.length - rank,
          text: new Text({
            text: crater.label,
            font: `${isChosen ? 600 : 500} 13px system-ui, sans-serif`,
            fill: new Fill({ color }),
            stroke: new Stroke({ color: HALO, width: 3 }),
            offsetY: -(Math.max(radius_px, SMALL_RIM_PX) + 10),
            padding: [2, 4, 2, 4],
          }),
        }),
      );
    }
    return styles;
  }
}
