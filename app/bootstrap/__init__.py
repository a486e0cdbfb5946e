"""The composition root: the one place that knows every adapter. No decision about orders belongs here."""
