"""The broker, for every kind of process: topology and publishing. Nothing here knows of eventlet."""
