"""What is made from what, and whether it still is what would be made now."""
