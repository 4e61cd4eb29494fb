"""The reference set: ejecta of real craters drawn by eye, and how well a mask finds them."""
