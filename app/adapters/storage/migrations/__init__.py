"""The journal's tables, version by version. Released versions are never edited."""
