"""Ways out of the house, a folder each: transport, fake, tests; their outboxes are services."""
