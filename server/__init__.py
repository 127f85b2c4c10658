"""What the system knows and does; imports no web framework below `server.http`."""
