"""Speed, capacity and accuracy, measured; nothing here is asserted in a timed test."""
