"""Copies that outlive the machine: taken, sealed, restored, and proved by restoring."""
