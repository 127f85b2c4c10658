"""投诉: what villagers complain of, its clock, its answers, and whether they were so."""
