"""How right the machine is: signs, hours, doubles and quality hints, on photos made from a seed."""
