"""The published folder, read: layout, tables, tiles, weights."""
