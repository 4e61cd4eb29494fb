"""Commands of the reference set: score models on real craters, draw pictures, join drawings."""
