"""The one door. It verifies, limits and routes; it keeps nothing and decides nothing else."""
