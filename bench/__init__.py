"""Figures as ratios to the bare engines, measured in one run. Only ratios are portable."""
