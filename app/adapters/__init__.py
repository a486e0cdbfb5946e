"""The outside world behind our ports, a folder per vendor. No rule of copying belongs here."""
