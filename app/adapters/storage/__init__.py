"""The durable journal on SQLite: what is kept, how, and by whom. What facts mean does not belong here."""
