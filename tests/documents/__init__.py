"""documents-svc as tests see it, its own and those across services."""
