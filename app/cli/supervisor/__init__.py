"""Starting, watching and stopping the three programs. What they do inside does not belong here."""
