"""Results written in the layout of the published study."""
