"""What every wing uses: history, moments of phones, items of a batch, reading jobs."""
