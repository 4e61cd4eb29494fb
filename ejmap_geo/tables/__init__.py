"""Tables that people bring, in whatever form: text, layers of GIS formats, numbers, planets."""
