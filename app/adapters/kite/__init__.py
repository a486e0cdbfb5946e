"""All that knows Kite: its HTTP and WebSocket API, words and limits. No rule of copying belongs here."""
