"""What stands between the sockets and the application: whole requests in, by lanes, in time."""
