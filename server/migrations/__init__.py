"""The database's numbered steps; `upgrade` takes any database to the newest."""
