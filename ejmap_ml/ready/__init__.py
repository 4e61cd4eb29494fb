"""Ready-made ensembles: trained members that come as files, such as those of the package."""
