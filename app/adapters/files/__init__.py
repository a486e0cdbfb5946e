"""The operator's configuration files: read, checked, watched, saved. What rules do does not belong here."""
