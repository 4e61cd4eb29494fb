"""Files of a project: tables, masks, planets."""
