"""The phones' door: JSON under /api/v1, blueprints cut by person."""
