"""The plan and the months of counts."""
