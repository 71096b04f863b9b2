"""The story, told on a running platform through its own doors; what is not as told ends it."""
