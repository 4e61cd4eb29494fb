/** The mosaic: a pyramid of tiles in simple cylindrical, which OpenLayers warps to other views. */

import TileLayer from "ol/layer/Tile.js";
import type ImageTile from "ol/ImageTile.js";
import TileImage from "ol/source/TileImage.js";
import TileGrid from "ol/tilegrid/TileGrid.js";
import type { Facts } from "./data";
import type { PlanetView, Views } from "./views";

// In pixels of the mosaic.
const WARP_ERROR_PX = 0.2;
// Darker than it is, so that colours stand out.
const OPACITY = 0.75;

export class Basemap {
  readonly layer: TileLayer<TileImage>;

  constructor({ tiles, radius_m }: Facts, views: Views) {
    const { projection } = views.cylindrical;
    const around = 2 * Math.PI * radius_m;
    const source = new TileImage({
      projection,
      tileGrid: new TileGrid({
        extent: projection.getExtent(),
        resolutions: Array.from(
          { length: tiles.levels },
          (_, level) => around / (tiles.tile_px * 2 ** (level + 1)),
        ),
        tileSize: tiles.tile_px,
      }),
      tileUrlFunction: ([level, x, y]) => `tiles/${level}/${x}_${y}.${tiles.suffix}`,
      tileLoadFunction: (tile, address) => {
        ((tile as ImageTile).getImage() as HTMLImageElement).src = address;
      },
      wrapX: true,
      transition: 0,
      reprojectionErrorThreshold: WARP_ERROR_PX,
    });
    this.layer = new TileLayer({ source, zIndex: 0, opacity: OPACITY });
  }

  show(view: PlanetView): void {
    this.layer.setExtent(view.edge_m > 0 ? view.projection.getExtent() : undefined);
  }
}
