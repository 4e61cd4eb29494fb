"""How assets are declared and materialised, and how they fail."""
