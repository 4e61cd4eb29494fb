"""Agreement of masks, pixel by pixel and tile by tile."""
