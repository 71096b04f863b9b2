"""The services: independent of one another, each with records of its own."""
