"""Voice activity: evidence per hop, and the decision where speech begins and ends."""
