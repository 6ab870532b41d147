"""Finding one's place in a known line by its sound, for many speakers at once.

- `line_graph`: the words of a line as states of a hidden Markov model; made when a scene is
  prepared, shared by all who speak the line.
- `trellis`: one Viterbi step a frame over the graphs of many streams, as array operations.
- `word_path`: from the trellis's records to the words that were said, with their times.
- `bank`: samples in, what was heard of each stream's line out.
"""
