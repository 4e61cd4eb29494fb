"""What models learn from: labelled tiles, their splits, samples."""
