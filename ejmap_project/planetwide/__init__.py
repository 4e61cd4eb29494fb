"""The map of the planet as a whole: overlaps, order of impacts, statistics, counting areas."""
