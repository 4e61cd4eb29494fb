/** What lies outside of the disc of a view, covered; and the edge of the planet. */

import Feature from "ol/Feature.js";
import Polygon from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { circle } from "./shapes";
import type { PlanetView } from "./views";

const GROUND = "#0b0e12";
const EDGE = "#dfe7ef66";

export class FrameLayer {
  readonly layer = new VectorLayer({
    source: new VectorSource({ wrapX: false }),
    zIndex: 30,
    style: new Style({
      fill: new Fill({ color: GROUND }),
      stroke: new Stroke({ color: EDGE, width: 1 }),
    }),
  });

  show(view: PlanetView): void {
    const source = this.layer.getSource();
    source?.clear(true);
    if (view.edge_m === 0) return;
    const far = 50 * view.edge_m;
    const square = [
      [-far, -far],
      [far, -far],
      [far, far],
      [-far, far],
      [-far, -far],
    ];
    source?.addFeature(new Feature(new Polygon([square, circle(view.edge_m)])));
  }
}
