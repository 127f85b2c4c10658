"""The office's morning: every queue of the county, counted for whoever looks."""
