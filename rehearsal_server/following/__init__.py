"""Following the words of a line: preparing scenes, and one following step for all sessions."""
