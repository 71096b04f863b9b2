"""Evaluation: every certificate, issued here or imported. Councils come with it later."""
