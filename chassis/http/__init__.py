"""What a service's HTTP process stands on: doors, problems, bodies, health. No nameko, no eventlet."""
