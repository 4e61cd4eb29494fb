"""Checks of assets: what must hold before anything is made from them, and what a map should say."""
