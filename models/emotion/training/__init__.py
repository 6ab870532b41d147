"""How the emotion model is made; nothing here is needed to run it."""
