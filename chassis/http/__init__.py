"""What an HTTP process stands on: doors, problems, bodies, health. No nameko, no eventlet."""
