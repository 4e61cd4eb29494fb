"""EJSEG: which pixels are ejecta of this crater, on azimuthal tiles and on polar views."""
