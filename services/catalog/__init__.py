"""Catalog: what the public sees of every product, its search, and the streams partners read."""
