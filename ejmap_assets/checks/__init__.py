"""Checks of assets: some block assets downstream, the others warn."""
