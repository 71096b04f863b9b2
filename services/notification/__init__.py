"""Notification: who is told what, how and when. It holds what the events hold, and asks nobody."""
