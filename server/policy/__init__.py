"""The authorities' rules as pure functions over facts."""
