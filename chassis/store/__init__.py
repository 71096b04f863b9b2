"""Keeping: aggregates, acts, inbox and outbox in MongoDB, one database a service."""
