"""Agreement of masks, pixel by pixel and tile by tile, and of a catalogue with a mosaic."""
