"""The copier itself, over ports. No vendor, no framework, and no reading of clocks but through a port."""
