"""The commands of `python run.py`, one file each, and the supervisor. No rule and no vendor belongs here."""
