/** The cross at the place that is asked about. */

import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import RegularShape from "ol/style/RegularShape.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { LonLat } from "./data";
import type { PlanetView } from "./views";

const cross = (color: string, width: number): Style =>
  new Style({
    image: new RegularShape({
      points: 4,
      radius: 11,
      radius2: 0,
      stroke: new Stroke({ color, width }),
    }),
  });

export class PlaceLayer {
  readonly layer = new VectorLayer({
    source: new VectorSource({ wrapX: true }),
    zIndex: 50,
    style: [cross("#0b0e12", 5), cross("#ffd75e", 2)],
  });

  show(view: PlanetView, place: LonLat | null): void {
    const source = this.layer.getSource();
    source?.clear(true);
    if (place !== null) source?.addFeature(new Feature(new Point(view.toPlane(place))));
  }
}
