"""Craters: their table and its checks, places without craters, local tiles."""
