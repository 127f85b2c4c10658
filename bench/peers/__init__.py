"""What the house is held against: bare Flask, a bare insert, and PocketBase where it can be had."""
