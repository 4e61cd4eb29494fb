"""Commands of EJMAP-Bench: score entries on the same planets and craters, write them out."""
