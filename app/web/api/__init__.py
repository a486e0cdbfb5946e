"""The JSON API, one file per subject. Pages and the live stream do not belong here."""
