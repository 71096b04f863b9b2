"""The broker, for every kind of process: topology, publishing. Nothing here knows of eventlet."""
