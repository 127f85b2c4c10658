"""Stations: the board, one station, its register, its number and plates, tables."""
