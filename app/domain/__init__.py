"""The rules of copying, pure: no clock, no log, no I/O and no framework belongs here."""
