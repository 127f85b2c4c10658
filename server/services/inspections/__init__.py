"""Inspections as they were signed: values, versions, copies, disagreements, everyday ones."""
