"""Data that go out as tables: what each column means, who gets which rows, files and tokens."""
