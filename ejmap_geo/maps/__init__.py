"""All masks as one map, and profiles of brightness by distance."""
