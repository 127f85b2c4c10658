"""Papers, one a file with its template: they may call services and render, in one transaction."""
