"""What services promise one another and the world: events by version, public fields, topology."""
