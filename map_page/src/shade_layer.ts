/** Values of the probe grid as colours, pixel by pixel in any view. */

import ImageLayer from "ol/layer/Image.js";
import ImageCanvas from "ol/source/ImageCanvas.js";
import type { Grid, Probe } from "./probe";
import type { PlanetView } from "./views";

/** Red, green, blue and opacity of each of 256 values. */
export type Palette = Uint8ClampedArray;

export class ShadeLayer {
  readonly layer: ImageLayer<ImageCanvas>;
  /** Cells of the whole planet; null if nothing is shown. */
  private cells: Uint8Array | null = null;
  private palette: Uint32Array = new Uint32Array(256);
  private view: PlanetView | undefined;

  constructor(
    private readonly probe: Probe,
    zIndex: number,
  ) {
    this.layer = new ImageLayer({ zIndex });
  }

  show(view: PlanetView): void {
    this.view = view;
    this.layer.setSource(
      new ImageCanvas({
        projection: view.projection,
        ratio: 1.2,
        interpolate: false,
        canvasFunction: (extent, _resolution, _pixelRatio, size) => this.drawn(extent, size),
      }),
    );
  }

  setCells(cells: Uint8Array | null, palette: Palette): void {
    this.cells = cells;
    this.palette = new Uint32Array(palette.slice().buffer);
    this.layer.setVisible(cells !== null);
    this.layer.getSource()?.changed();
  }

  private drawn(extent: number[], size: number[]): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    const [width, height] = [Math.round(size[0] ?? 0), Math.round(size[1] ?? 0)];
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const view = this.view;
    const cells = this.cells;
    if (context === null || view === undefined || cells === null || width * height === 0) {
      return canvas;
    }
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const [left = 0, bottom = 0, right = 0, top = 0] = extent;
    const [dx, dy] = [(right - left) / width, (top - bottom) / height];
    const { cols } = this.probe;
    const limit = view.edge_m > 0 ? view.edge_m ** 2 : Number.POSITIVE_INFINITY;
    const pole = view.edge_m > 0 ? Number.POSITIVE_INFINITY : view.half_m;
    for (let line = 0; line < height; line += 1) {
      const y = top - (line + 0.5) * dy;
      if (Math.abs(y) > pole) continue;
      for (let over = 0; over < width; over += 1) {
        const x = left + (over + 0.5) * dx;
        if (x * x + y * y > limit) continue;
        const [row, col] = this.probe.cellOf(view.toSphere(x, y));
        pixels[line * width + over] = this.palette[cells[row * cols + col] ?? 0] ?? 0;
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }
}

/** Return the surest of several craters in each cell of the planet. */
export function surest(grids: readonly Grid[], probe: Probe): Uint8Array {
  const cells = new Uint8Array(probe.rows * probe.cols);
  for (const grid of grids) {
    for (let down = 0; down < grid.height; down += 1) {
      const start = (grid.row + down) * probe.cols;
      for (let over = 0; over < grid.width; over += 1) {
        const cell = grid.cells[down * grid.width + over] ?? 0;
        const at = start + ((grid.col + over) % probe.cols);
        if ((cell & 0x7f) > ((cells[at] ?? 0) & 0x7f)) cells[at] = cell;
      }
    }
  }
  return cells;
}
