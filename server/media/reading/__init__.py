"""Signs and hours boards read from pictures, in a process of its own."""
