"""Evaluation: rounds, councils and what they judge, decisions, and every certificate."""
