"""What the engine needs of the world, as Protocols and their value types. No implementation belongs here."""
