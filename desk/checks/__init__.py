"""Questions for the office: photos to judge, odd figures to settle."""
