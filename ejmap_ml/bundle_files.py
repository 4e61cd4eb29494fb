"""Names of the files of a bundle, for those who read some of them without torch."""

WEIGHTS = "weights.safetensors"
CONFIG = "config.json"
NORMALIZATION = "normalization.json"
PROVENANCE = "provenance.json"
