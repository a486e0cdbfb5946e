"""What the exchange pushes: the ticker WebSocket and postbacks; request and answer live in `http`."""
