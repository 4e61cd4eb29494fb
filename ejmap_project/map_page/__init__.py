"""The map page: a folder of files that shows the map in a browser, from disk or from a server."""
