"""Where a project takes its mosaic, its craters and its known ejecta from."""
