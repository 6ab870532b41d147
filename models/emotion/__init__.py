"""How speech comes across: features, model, baseline, directions; see each module."""
