"""Evaluation: every certificate, issued here or imported. Councils and sessions come with it later."""
