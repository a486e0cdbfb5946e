"""What the operator sees and presses. No broker, journal or rule of copying belongs here: only the link."""
