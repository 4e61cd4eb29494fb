"""How an asset is declared and made, and how it fails."""
