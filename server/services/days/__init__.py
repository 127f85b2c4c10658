"""Check-ins, parcel counts and the months they add up to."""
