"""问责线索: facts picked, drafted, sent by a second person with their evidence, answered."""
