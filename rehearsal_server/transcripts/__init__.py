"""Live transcripts of free speech: utterances cut, decoded in a process of their own, told."""
