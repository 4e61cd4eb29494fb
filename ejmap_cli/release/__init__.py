"""Commands that freeze the map as releases, list and compare them, check and remove them."""
