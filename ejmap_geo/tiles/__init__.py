"""Tiles around craters: where they lie and what a network sees of them."""
