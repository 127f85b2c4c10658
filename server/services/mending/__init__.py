"""Rectifications from failed clauses: asked for, answered, accepted, escalated, noticed."""
